// A decoded message re-encodes, and what was re-encoded decodes to the same bytes again.
#include "sync/wire.hpp"

#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moot::sync::wire;
  const auto message = decode({data, size});
  if (!message) return 0;
  const moot::Bytes encoded = encode(*message);
  const auto again = decode(encoded);
  if (!again || encode(*again) != encoded) std::abort();
  return 0;
}
