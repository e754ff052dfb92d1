#pragma once
#include <functional>

#include "crypto/signing.hpp"
#include "node/commits.hpp"
#include "node/driver.hpp"

namespace moot::node {

/// Cosigns the heads of others that this node has verified and stored (C2SP cosignature/v1), under
/// the name moot/node/<our id>: "I hold the data".
///
/// A witness that was rolled back could cosign a smaller head than before and so hide a fork; what
/// it cosigns is therefore durable before the signature exists, and the store refuses a smaller
/// one. A clock before this program's build date would make dates that cannot be: it does not
/// cosign then. Thread: io.
class Cosigner {
 public:
  /// `node_key` must outlive it and what it has submitted.
  Cosigner(Commits& commits, Driver& driver, const log::OrganisationId& own,
           const crypto::SigningKey& node_key);

  void cosign(const log::Checkpoint& checkpoint);
  /// Another's cosignature of our own log: kept, unless too many are of organisations that we do
  /// not follow (store::KeepCosignature); then `on_kept`, where it is.
  void keep(const sync::Cosigned& cosigned);
  void set_on_kept(std::function<void()> on_kept) { on_kept_ = std::move(on_kept); }

 private:
  void sign(const log::Checkpoint& checkpoint, std::uint64_t time_ms);

  Commits& commits_;
  Driver& driver_;
  const std::string name_;
  const crypto::SigningKey& node_key_;
  std::function<void()> on_kept_;
  bool is_clock_reported_ = false;
};

/// The line of a note: our cosignature of this checkpoint's text at this time. nullopt when the
/// checkpoint is no note.
std::optional<std::string> cosignature_line(const log::Checkpoint& checkpoint,
                                            const std::string& name,
                                            const crypto::SigningKey& node_key,
                                            std::uint64_t time_s);
}  // namespace moot::node
