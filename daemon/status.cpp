#include "node/status.hpp"

#include <nlohmann/json.hpp>

#include "crypto/encoding.hpp"
#include "node/log_rows.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// Names come from people and may be no UTF-8; they do not stop an answer.
std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json json_of(const LogRow& row) {
  return {{"organisation", log::to_text(row.organisation)},
          {"name", row.name},
          {"size", row.head.size},
          {"root", row.head.size == 0 ? std::string() : crypto::to_base64(row.head.root)},
          {"state", row.state},
          {"known", row.known},
          {"witnesses", 0},
          {"bodies_missing", row.bodies_missing},
          {"detail", row.detail},
          {"mode", row.is_head_only ? "head" : "full"}};
}

Json json_of(const sync::PeerView& peer, const Follows& follows) {
  return {{"organisation", peer.organisation ? log::to_text(*peer.organisation) : std::string()},
          {"name", peer.organisation ? follows.name_of(*peer.organisation) : std::string()},
          {"remote", peer.remote},
          {"address", peer.remote},
          {"direction", peer.we_dialled ? "outgoing" : "incoming"},
          {"state", peer.authenticated ? "connected" : "connecting"},
          {"connected", peer.authenticated},
          {"authenticated", peer.authenticated},
          {"bytes_received", peer.bytes_received},
          {"bytes_sent", peer.bytes_sent},
          {"shared_logs", peer.shared_logs}};
}

Json json_of(const DialView& dial, const Follows& follows) {
  return {{"organisation", log::to_text(dial.target.organisation)},
          {"name", follows.name_of(dial.target.organisation)},
          {"remote", dial.target.address},
          {"address", dial.target.address},
          {"direction", "outgoing"},
          {"state", "dialling"},
          {"connected", false},
          {"authenticated", false},
          {"last_error", dial.last_error},
          {"next_try_s", (dial.next_try_ms + 999) / 1000}};
}

Json peers_of(const Driver& driver, const Dialler& dialler, const Follows& follows) {
  Json peers = Json::array();
  for (const sync::PeerView& peer : driver.replicator().peers()) {
    peers.push_back(json_of(peer, follows));
  }
  for (const DialView& dial : dialler.views()) peers.push_back(json_of(dial, follows));
  return peers;
}

Json warnings_of(const std::vector<LogRow>& rows, const Publisher& publisher) {
  Json warnings = Json::array();
  if (const auto& ahead = publisher.own_log_ahead()) {
    warnings.push_back("Nothing is published: " + own_log_ahead_words(*ahead));
  }
  for (const LogRow& row : rows) {
    if (row.is_frozen) {
      warnings.push_back("The log of " + log::to_text(row.organisation) +
                         " is frozen: " + row.detail);
    }
  }
  return warnings;
}

}  // namespace

std::string Status::status() const {
  const auto own = store_.state(facts_.organisation);
  const log::Head head = own && own->head ? own->head->head : log::Head{};
  const std::vector<LogRow> rows = log_rows(follows_, driver_.replicator(), store_);
  Json logs = Json::array();
  for (const LogRow& row : rows) logs.push_back(json_of(row));
  const Json document = {
      {"organisation", log::to_text(facts_.organisation)},
      {"name", facts_.name},
      {"version", MOOT_VERSION},
      {"home", facts_.home},
      {"listening", facts_.listening},
      {"address", facts_.address},
      {"state", publisher_.own_log_ahead() ? "stopped-own-log-ahead" : "running"},
      {"head", {{"size", head.size}, {"root", crypto::to_base64(head.root)}}},
      {"store", {{"bytes", store_.bytes_on_disk()}}},
      {"peers", peers_of(driver_, dialler_, follows_)},
      {"logs", std::move(logs)},
      {"warnings", warnings_of(rows, publisher_)}};
  return text_of(document);
}

std::string Status::peers() const {
  return text_of(Json{{"peers", peers_of(driver_, dialler_, follows_)}});
}

std::string Status::organisations() const {
  Json organisations = Json::array();
  organisations.push_back({{"organisation", log::to_text(facts_.organisation)},
                           {"name", facts_.name},
                           {"address", facts_.address},
                           {"mode", "full"},
                           {"own", true}});
  for (const auto& [organisation, follow] : follows_.all()) {
    organisations.push_back({{"organisation", log::to_text(organisation)},
                             {"name", follow.name},
                             {"address", follow.address},
                             {"mode", follow.mode == store::Mode::head ? "head" : "full"},
                             {"own", false},
                             {"since_ms", follow.since_ms}});
  }
  return text_of(Json{{"organisations", std::move(organisations)}});
}

}  // namespace moot::node
