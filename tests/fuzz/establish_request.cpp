// A request for a change of keys, as it comes by mail: it is refused, or it is the one text of what
// was read, and can be made into a leaf.
#include "base/check.hpp"
#include "log/rotation.hpp"
#include "log/words.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moot;
  static const bool started = crypto::start_library();
  MOOT_CHECK(started);
  const std::string_view text = text_of({data, size});
  if (const auto request = log::parse_request(text)) {
    MOOT_CHECK(log::to_text(*request) == text, size);
    MOOT_CHECK(log::decode_entry(log::to_leaf(*request)).has_value());
    (void)log::missing_signatures(*request);
  }
  if (const auto key = log::parse_words(text)) {
    const auto again = log::parse_words(log::to_words(*key));
    MOOT_CHECK(again && again->public_key() == key->public_key());
  }
  if (const auto key = log::parse_reserve_key_text(text)) {
    MOOT_CHECK(log::parse_reserve_key_text(log::reserve_key_text(*key)) == *key);
  }
  return 0;
}
