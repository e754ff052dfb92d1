#include "support.hpp"

#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "crypto/key_file.hpp"
#include "log/checkpoint.hpp"
#include "log/identity.hpp"
#include "store/store.hpp"

namespace moot::test {
namespace {

void require(bool is_so, const std::string& what) {
  if (!is_so) throw std::runtime_error(what);
}

}  // namespace

crypto::SigningKey officer_key() {
  FixedBytes<32> seed{};
  seed.fill(7);
  return crypto::SigningKey::from_seed(std::span<std::uint8_t, 32>(seed));
}

log::OrganisationId make_home(const config::Paths& paths, const std::string& name) {
  require(crypto::start_library(), "libsodium does not start");
  std::filesystem::create_directories(paths.keys);
  config::Config config;
  config.name = name;
  config.listen = "127.0.0.1:0";
  std::ofstream(paths.config) << config::to_text(config);
  const auto log_key = crypto::SigningKey::generate();
  const auto node_key = crypto::SigningKey::generate();
  const auto reserve_key = officer_key();
  const auto log_written = crypto::write_key_file(paths.log_key, crypto::KeyUse::log, log_key);
  const auto node_written = crypto::write_key_file(paths.node_key, crypto::KeyUse::node, node_key);
  require(log_written && node_written, "cannot write the keys");
  const log::FirstEstablish first{.time_s = 1'700'000'000,
                                  .node_keys = {node_key.public_key().bytes()},
                                  .threshold_next = 1,
                                  .reserve_keys = {reserve_key.public_key().bytes()}};
  Bytes leaf = log::make_first_establish(first, log_key);
  const auto identity = log::Identity::begin(leaf);
  require(identity.has_value(), "cannot make an identity");
  const log::OrganisationId organisation = identity->organisation();
  auto store = store::Store::open(paths.store, {.read_only = false, .create = true});
  require(store.has_value(), "cannot make a store");
  const store::Job job =
      store::Found{.first_leaf = std::move(leaf), .sign = [&](const log::Head& head) {
                     return log::sign_checkpoint(organisation, head, log_key);
                   }};
  require((*store)->apply({&job, 1}).front().has_value(), "cannot found a log");
  return organisation;
}

std::string services(int count, int seed, std::size_t description_bytes) {
  std::string lines;
  for (int i = 0; i < count; ++i) {
    char id[37];
    std::snprintf(id, sizeof id, "%08x-0000-4000-8000-%012x", static_cast<unsigned>(seed),
                  static_cast<unsigned>(i));
    lines += std::string("{\"id\":\"") + id + "\",\"name\":\"Service " + std::to_string(i) +
             "\",\"status\":\"active\",\"description\":\"" + std::string(description_bytes, 'x') +
             "\"}\n";
  }
  return lines;
}

RunningNode::RunningNode(const std::string& name)
    : paths_(config::paths((folder_.path() / "home").string())),
      organisation_(make_home(paths_, name)) {
  start();
}

RunningNode::~RunningNode() { stop(); }

void RunningNode::start() {
  auto opened = node::Node::open({.paths = paths_,
                                  .log_level = {},
                                  .listen = listen_,
                                  .watches_signals = false,
                                  .logs_to_stderr = false,
                                  .is_new_key = is_new_key_,
                                  .read_machine = [shared = shared_] {
                                    node::Machine now = node::read_machine();
                                    const std::lock_guard lock(shared->mutex);
                                    now.id = shared->machine;
                                    return now;
                                  }});
  is_new_key_ = false;
  require(opened.has_value(), opened ? "" : opened.error().message);
  node_ = std::move(*opened);
  listen_ = node_->listening();
  thread_ = std::thread([this] { node_->run(); });
}

void RunningNode::stop() {
  if (!node_) return;
  node_->stop();
  thread_.join();
  node_.reset();
}

void RunningNode::set_machine(const std::string& id) {
  const std::lock_guard lock(shared_->mutex);
  shared_->machine = id;
}

void RunningNode::reopen() {
  thread_.join();
  node_.reset();
  is_new_key_ = true;
  start();
}

control::Response RunningNode::ask(control::Request request) {
  auto promise = std::make_shared<std::promise<control::Response>>();
  auto answer = promise->get_future();
  node_->ask(std::move(request),
             [promise](control::Response response) { promise->set_value(std::move(response)); });
  return answer.get();
}

nlohmann::json RunningNode::ask_json(control::Request request) {
  const auto response = ask(std::move(request));
  EXPECT_TRUE(response.has_value()) << (response ? "" : response.error().message);
  return response ? nlohmann::json::parse(response->json) : nlohmann::json();
}

std::uint64_t RunningNode::publish(const std::string& lines) {
  const auto response =
      ask(control::PublishRequest{.sources = {{"-", lines}}, .kind = "service", .dry_run = false});
  EXPECT_TRUE(response.has_value()) << (response ? "" : response.error().message);
  if (!response) return 0;
  const std::string& json = response->json;
  const std::size_t last = json.rfind('\n', json.size() - 2);
  const auto line = nlohmann::json::parse(json.substr(last + 1));
  if (!response->incomplete) return line["checkpoint"]["size"];
  const auto waited = ask_json(control::PublishWaitRequest{
      .queued = line["number"], .size = 0, .witnesses = 0, .timeout_ms = 20'000});
  EXPECT_EQ(waited["complete"], true) << waited;
  return waited["size"];
}

}  // namespace moot::test
