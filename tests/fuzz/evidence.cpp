// Hostile evidence files: whatever is believed is written again to the same bytes, and is about two
// different heads or two different events.
#include "log/evidence.hpp"

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "crypto/secret.hpp"

using namespace moot;
using namespace moot::log;

namespace {

void judge(ByteView file) {
  const auto judged = judge_evidence(file);
  if (!judged) return;
  MOOT_CHECK(is_evidence(file));
  MOOT_CHECK(to_file(judged->evidence) == to_bytes(file), file.size());
  if (judged->evidence.kind == EvidenceKind::fork) MOOT_CHECK(judged->first != judged->second);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = crypto::start_library();
  MOOT_CHECK(started);
  judge({data, size});
  // As what the file carries, which reaches deeper.
  judge(view_of("moot/evidence/v1\n" + crypto::to_base64({data, size}) + "\n"));
  return 0;
}
