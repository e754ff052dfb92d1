// The text of a sealed reserve key, as it comes from a stick: it is refused before anything is
// computed, or it is the one text of its key.
#include "crypto/reserve_key.hpp"

#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moot::crypto;
  static const bool started = start_library();
  MOOT_CHECK(started);
  const std::string_view text = moot::text_of({data, size});
  if (const auto key = parse_reserve_key(text)) MOOT_CHECK(to_text(*key) == text, size);
  return 0;
}
