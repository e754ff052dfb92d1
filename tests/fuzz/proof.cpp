// Hostile proof files. The input is taken as a file, and as the bytes that a file carries in its
// extra line behind an honest rest: so that both parsers are reached.
#include "log/proof.hpp"

#include "base/check.hpp"
#include "crypto/secret.hpp"

using namespace moot;
using namespace moot::log;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = crypto::start_library();
  MOOT_CHECK(started);
  const std::string_view text = text_of({data, size});
  if (const auto proof = parse_tlog_proof(text)) {
    MOOT_CHECK(to_text(*proof) == text, size);
    if (const auto parts = decode_proof_parts(proof->extra)) {
      MOOT_CHECK(encode(*parts) == proof->extra, size);
    }
    if (const auto judged = judge_proof(text)) {
      MOOT_CHECK(judged->index < judged->checkpoint.head.size);
      MOOT_CHECK(!judged->record ||
                 judged->record->organisation == judged->checkpoint.organisation);
    }
  }
  if (const auto parts = decode_proof_parts(view_of(text))) {
    MOOT_CHECK(encode(*parts) == to_bytes(view_of(text)), size);
  }
  return 0;
}
