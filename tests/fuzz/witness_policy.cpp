// Hostile policies: what is read is written to a text that reads as the same, and no quorum but
// none is met by nobody.
#include "log/witness_policy.hpp"

#include "base/check.hpp"
#include "crypto/secret.hpp"

using namespace moot;
using namespace moot::log;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const bool started = crypto::start_library();
  MOOT_CHECK(started);
  const auto policy = parse_witness_policy(text_of({data, size}));
  if (!policy) return 0;
  const auto again = parse_witness_policy(to_text(*policy));
  MOOT_CHECK(again.has_value() && *again == *policy, size);
  MOOT_CHECK(is_quorum(*policy, {}) == (policy->quorum == "none"));
  std::set<std::string> all;
  for (const auto& witness : policy->witnesses) all.insert(witness.name);
  MOOT_CHECK(is_quorum(*policy, all));
  return 0;
}
