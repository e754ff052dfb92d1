// Must fail, always: it proves that the driver notices a crash (RunOne.cmake turns its failure into
// a pass).
#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // A single byte decides, so that both libFuzzer and the replay driver come upon it in their first
  // moments.
  if (size > 0 && (data[0] & 1) == 1) std::abort();
  return 0;
}
