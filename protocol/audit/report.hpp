#pragma once
#include "audit/verifier.hpp"

namespace moot::audit {

/// "ok", "failed" or "incomplete": the words of the CLI contract.
std::string_view word_of(Verdict verdict);

/// The document of `moot audit --json`, on one line without a line feed:
/// {"verdict","logs":[{"organisation","verdict","head":
/// {"size","root"},"entries","bodies","checkpoints","cosignatures","erased",
/// "withheld","disowned","erased_waiting","hidden_here",
/// "removed":[{"reason","records"}],"disowned_ranges":[{"first","end","seq","time"}],
/// "abandoned":[{"epoch","first","count","matched"}],"evidence":[{"kind","epoch","healed"}],
/// "witnesses":[{"organisation","first_size","first_time","size","time","verified"}],"policy_met",
/// "problems":[{"where","found","allowed","hint"}],"not_checked":[…],"notes":[…]}]}. `policy_met`
/// is there when a policy was given and is met; `end` is the first entry after a range.
std::string to_json(const Report& report);

}  // namespace moot::audit
