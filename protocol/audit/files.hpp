#pragma once
#include <optional>

#include "audit/verifier.hpp"
#include "log/evidence.hpp"
#include "log/proof.hpp"
#include "log/rotation.hpp"

namespace moot::audit {

/// What `moot verify FILE` says of one file.
struct JudgedFile {
  enum class Kind { proof, checkpoint, evidence, request };

  Verdict verdict = Verdict::incomplete;
  Kind kind = Kind::proof;
  std::optional<log::OrganisationId> organisation;  ///< none when the origin is no log of Moot
  std::optional<log::Head> head;                    ///< of the checkpoint in it
  std::optional<log::LeafIndex> entry;              ///< of a proof
  std::optional<log::RecordLeaf> record;        ///< what a true proof proves, when that is a record
  std::optional<log::JudgedEvidence> evidence;  ///< what true evidence proves: never a good verdict
  std::optional<log::EstablishRequest> request;  ///< one whose parts and signatures are good
  std::vector<std::string> findings;             ///< in plain words, the most important first
};

/// Judges a .tlog-proof file (C2SP tlog-proof with what Moot carries in it), a bare signed
/// checkpoint, an evidence file or a request for new keys, with nothing but its bytes. Failed: it
/// shows something false, or belongs to another organisation than `expected`; evidence always, as
/// it is either false or proves what must not be. Incomplete: nothing in it is false, but it cannot
/// be judged alone: a checkpoint without its log, a proof of another kind of log. Any thread. Error
/// "refused": a file of another kind, named by its first line.
Result<JudgedFile, Error> judge_file(std::string_view bytes,
                                     const std::optional<log::OrganisationId>& expected);

/// {"verdict","file":"proof"|"checkpoint","organisation","size","root","entry",
/// "record","kind","operation","time","findings":[…]}:
/// keys without a value are left out. Of evidence {"verdict":"fork-proven"|"rivals-proven"|
/// "not-evidence","file":"evidence","kind":"evidence","organisation","epoch","statements":
/// [{"size","root"},…],"findings":[…]}. Of a request {"verdict","file":"request","kind":"request",
/// "organisation","seq","purpose","signed","missing","findings":[…]}.
std::string to_json(const JudgedFile& file);

}  // namespace moot::audit
