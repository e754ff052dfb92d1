// The text of a key file, as somebody may have edited it: it is refused, or it is the one text of
// its key.
#include "crypto/key_file.hpp"

#include "base/check.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moot::crypto;
  static const bool started = start_library();
  MOOT_CHECK(started);
  const moot::ByteView text(data, size);
  int uses = 0;
  for (const KeyUse use : {KeyUse::log, KeyUse::node}) {
    const auto key = parse_key_file(text, use);
    if (!key) continue;
    ++uses;
    MOOT_CHECK(key_file_text(use, *key) == moot::to_bytes(text), size);
  }
  MOOT_CHECK(uses <= 1);
  return 0;
}
