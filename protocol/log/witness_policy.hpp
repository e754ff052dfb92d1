#pragma once
#include <set>
#include <string>
#include <vector>

#include "log/note.hpp"

/// C2SP tlog-policy: whose cosignatures a verifier asks for. Names are bytes without a meaning
/// outside the file.
namespace moot::log {

struct WitnessPolicy {
  struct Log {
    VerifierKey key;  ///< its name is the log's origin
    std::string url;
    bool operator==(const Log&) const = default;
  };
  struct Witness {
    std::string name;
    VerifierKey key;  ///< of cosignature/v1
    std::string url;
    bool operator==(const Witness&) const = default;
  };
  struct Group {
    std::string name;
    std::size_t threshold = 1;  ///< 1 to the number of members
    std::vector<std::string> members;
    bool operator==(const Group&) const = default;
  };
  std::vector<Log> logs;  ///< empty: whatever log the verifier means
  std::vector<Witness> witnesses;
  std::vector<Group> groups;  ///< each after the groups that it names
  std::string quorum;         ///< a witness or group, or "none"
  bool operator==(const WitnessPolicy&) const = default;
};

/// Which line of a policy is wrong, and why in plain words.
struct PolicyFault {
  std::size_t line = 0;  ///< from 1; 0: the file as a whole
  std::string why;
  bool operator==(const PolicyFault&) const = default;
};

/// Strict: every line known, every name defined before it is used and member of at most one group,
/// no key twice, exactly one quorum line, at most limits::policy_bytes_max.
Result<WitnessPolicy, PolicyFault> parse_witness_policy(std::string_view text);
/// What parse_witness_policy() reads back as the same.
std::string to_text(const WitnessPolicy& policy);

/// Is the quorum met when these witnesses (by the policy's names) have cosigned?
bool is_quorum(const WitnessPolicy& policy, const std::set<std::string>& cosigned);
/// The names of the policy's witnesses whose cosignature on this note verifies.
std::set<std::string> cosigned_by(const WitnessPolicy& policy, const Note& note);

}  // namespace moot::log
