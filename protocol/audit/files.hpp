#pragma once
#include <optional>

#include "audit/verifier.hpp"
#include "log/proof.hpp"

namespace moot::audit {

/// What `moot verify FILE` says of one file.
struct JudgedFile {
  enum class Kind { proof, checkpoint };

  Verdict verdict = Verdict::incomplete;
  Kind kind = Kind::proof;
  std::optional<log::OrganisationId> organisation;  ///< none when the origin is no log of Moot
  std::optional<log::Head> head;                    ///< of the checkpoint in it
  std::optional<log::LeafIndex> entry;              ///< of a proof
  std::optional<log::RecordLeaf> record;  ///< what a true proof proves, when that is a record
  std::vector<std::string> findings;      ///< in plain words, the most important first
};

/// Judges a .tlog-proof file (C2SP tlog-proof with what Moot carries in it) or a bare signed
/// checkpoint, with nothing but its bytes. Failed: it shows something false, or belongs to another
/// organisation than `expected`. Incomplete: nothing in it is false, but it cannot be judged alone:
/// a checkpoint without its log, a proof of another kind of log. Any thread. Error "refused": a
/// file of another kind, named by its first line.
Result<JudgedFile, Error> judge_file(std::string_view bytes,
                                     const std::optional<log::OrganisationId>& expected);

/// {"verdict","file":"proof"|"checkpoint","organisation","size","root","entry",
/// "record","kind","operation","time","findings":[…]}:
/// keys without a value are left out.
std::string to_json(const JudgedFile& file);

}  // namespace moot::audit
