#pragma once
#include "audit/verifier.hpp"

namespace moot::audit {

/// "ok", "failed" or "incomplete": the words of the CLI contract.
std::string_view word_of(Verdict verdict);

/// The document of `moot audit --json`, on one line without a line feed:
/// {"verdict","logs":[{"organisation","verdict","head":
/// {"size","root"},"entries","bodies","checkpoints","cosignatures","erased",
/// "withheld","disowned","problems":[{"where","found",
/// "allowed","hint"}],"not_checked":[…]}]}.
std::string to_json(const Report& report);

}  // namespace moot::audit
