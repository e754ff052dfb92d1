#pragma once
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "log/checkpoint.hpp"
#include "log/witness_policy.hpp"
#include "node/commits.hpp"
#include "node/loop.hpp"

namespace moot::node {

/// One witness outside Moot, and where to ask it.
struct OutsideWitness {
  std::string name;
  log::VerifierKey key;
  std::string url;
  std::string host;
  std::uint16_t port = 80;
  std::string target;  ///< of add-checkpoint
};
/// Those of a policy that have a URL. Errors are for people: https, or no URL at all.
Result<std::vector<OutsideWitness>, Error> outside_witnesses_of(const log::WitnessPolicy& policy);
/// The same from the file that witness.policy names, relative to `home`. Empty path: none.
Result<std::vector<OutsideWitness>, Error> read_outside_witnesses(
    const std::string& path, const std::filesystem::path& home);

/// The body of C2SP tlog-witness add-checkpoint.
std::string add_checkpoint_body(log::TreeSize old_size, const log::Checkpoint& newest,
                                const log::HashReader& tree);
/// The line of an answer by this witness that verifies over the checkpoint; nullopt for none.
std::optional<std::string> cosignature_in(const std::string& answer,
                                          const log::Checkpoint& checkpoint,
                                          const OutsideWitness& witness);

/// Asks witnesses outside to cosign our own newest checkpoint (C2SP tlog-witness): after a publish,
/// at most once in limits::cosign_every_ms, one after another. What they answered last is kept
/// under their names. A witness that lies or hangs costs nothing but its own line. Thread: io.
class OutsideWitnesses {
 public:
  OutsideWitnesses(Loop& loop, Commits& commits, const store::Store& store,
                   const log::OrganisationId& own, std::vector<OutsideWitness> witnesses);
  ~OutsideWitnesses();
  OutsideWitnesses(const OutsideWitnesses&) = delete;
  OutsideWitnesses& operator=(const OutsideWitnesses&) = delete;

  /// Our own log may have grown.
  void ask_soon();
  void stop();

  struct View {
    std::string name;
    std::string url;
    log::TreeSize size = 0;  ///< last cosigned; 0: never
    std::uint64_t time_s = 0;
    std::string line;
    std::string error;  ///< of the last try; empty: it went well
  };
  const std::vector<View>& views() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace moot::node
