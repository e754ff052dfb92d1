#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "config/config.hpp"
#include "crypto/signing.hpp"
#include "log/organisation_id.hpp"
#include "node/node.hpp"
#include "support/shared.hpp"

/// What the tests of a node share: homes, and nodes that run in a thread of their own.
namespace moot::test {

/// Makes a home as `moot init` does, listening on any free port of this machine.
log::OrganisationId make_home(const config::Paths& paths, const std::string& name);

/// The one officer's key of every home that make_home() makes.
crypto::SigningKey officer_key();

/// JSON lines of so many services; `seed` tells one call's records from another's.
std::string services(int count, int seed, std::size_t description_bytes = 100);

/// A node in a temporary home, running until it is destroyed.
class RunningNode {
 public:
  explicit RunningNode(const std::string& name);
  ~RunningNode();
  RunningNode(const RunningNode&) = delete;
  RunningNode& operator=(const RunningNode&) = delete;

  node::Node& node() { return *node_; }
  const log::OrganisationId& organisation() const { return organisation_; }
  std::string id() const { return log::to_text(organisation_); }
  const config::Paths& paths() const { return paths_; }

  /// Stops it cleanly; start() runs another on the same home, on the same port.
  void stop();
  void start();
  /// The machine that it believes to run on, from the next look on.
  void set_machine(const std::string& id);
  /// After the keys were changed: waits until it has ended by itself, and opens its home anew.
  void reopen();

  control::Response ask(control::Request request);
  /// The answer as JSON; a test fails with the error's message when there is none.
  nlohmann::json ask_json(control::Request request);
  /// Publishes and answers the new size, waiting until it is public.
  std::uint64_t publish(const std::string& lines);

 private:
  TemporaryFolder folder_;
  config::Paths paths_;
  log::OrganisationId organisation_;
  std::string listen_;
  struct Shared {
    std::mutex mutex;
    std::string machine = "machine";
  };
  std::shared_ptr<Shared> shared_ = std::make_shared<Shared>();
  bool is_new_key_ = false;
  std::unique_ptr<node::Node> node_;
  std::thread thread_;
};

}  // namespace moot::test
