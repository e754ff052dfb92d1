#pragma once
#include <sys/types.h>

#include <filesystem>
#include <optional>

#include "command/client.hpp"
#include "config/config.hpp"
#include "log/organisation_id.hpp"

namespace moot::command {

/// A node of an organisation that exists for a few minutes, to fetch a log from peers: they serve
/// nodes, not files. Stopped, and all of it gone, with this object.
class TemporaryNode {
 public:
  /// Makes its home in a new folder beside `place` and starts `mootd` on it; answers when it does.
  static Result<TemporaryNode, Error> start(const std::filesystem::path& place);
  ~TemporaryNode();
  TemporaryNode(TemporaryNode&& other) noexcept;
  TemporaryNode& operator=(TemporaryNode&&) = delete;

  /// Fetches the log of `wanted` from the node at `peer`, whole. "incomplete" when that was not
  /// done in time.
  Result<Done, Error> fetch(const log::OrganisationId& wanted, const log::Address& peer,
                            std::chrono::milliseconds patience);
  /// Ends the node, so that its store may be read; false when it had to be killed.
  bool stop();
  const config::Paths& paths() const { return paths_; }

 private:
  explicit TemporaryNode(std::filesystem::path folder);
  Result<Done, Error> spawn();
  Result<Done, Error> wait_until_it_answers();
  control::Response ask(const control::Request& request, std::chrono::milliseconds patience) const;

  std::filesystem::path folder_;
  config::Paths paths_;
  pid_t process_ = 0;
};

}  // namespace moot::command
