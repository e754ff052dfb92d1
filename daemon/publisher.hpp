#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "control/control.hpp"
#include "crypto/signing.hpp"
#include "node/commits.hpp"
#include "node/driver.hpp"

namespace moot::node {

/// Records that were judged and committed to, ready for the store.
struct PreparedPublish {
  std::vector<store::NewRecord> records;
  /// For each record the answer's line up to its entry number: {"record":"…","kind":"…"
  std::string line_heads;
  std::vector<std::uint32_t> line_ends;  ///< where each ends in line_heads
  bool is_dry_run = false;
};

/// Judges what is to be published: schema and limits of every record, all problems at once; then
/// draws salts and computes commitments. Any thread; it is most of the work of a publish.
Result<PreparedPublish, Error> prepare_publish(control::PublishRequest request);

/// Publishes our own records: the answer comes once they are durable and signed, and every peer is
/// told at the same moment. Thread: io.
class Publisher {
 public:
  using Done = std::function<void(control::Response)>;

  /// `log_key` must outlive it and what it has submitted.
  Publisher(Commits& commits, Driver& driver, const log::OrganisationId& own,
            const crypto::SigningKey& log_key);

  /// Publishes of one caller are done in the order given.
  void publish(PreparedPublish prepared, Done done);
  /// A peer holds a head of our own log that this home does not know: nothing is published any
  /// more, or the log would fork.
  void stop_because_own_log_is_ahead(const log::Head& ahead) { ahead_ = ahead; }
  const std::optional<log::Head>& own_log_ahead() const { return ahead_; }
  /// The node is stopping: what was submitted is finished, the rest refused.
  void stop() { is_stopping_ = true; }

 private:
  Commits& commits_;
  Driver& driver_;
  log::OrganisationId own_;
  const crypto::SigningKey& log_key_;
  std::optional<log::Head> ahead_;
  bool is_stopping_ = false;
};

/// What `moot status`, the log and a refused publish say.
std::string own_log_ahead_words(const log::Head& ahead);

}  // namespace moot::node
