#include "node/status.hpp"

#include <nlohmann/json.hpp>

#include "crypto/encoding.hpp"
#include "log/evidence.hpp"
#include "node/log_rows.hpp"
#include "node/successions.hpp"
#include "node/unix_time.hpp"
#include "node/witness_rows.hpp"

namespace moot::node {
namespace {

using Json = nlohmann::ordered_json;

/// Names come from people and may be no UTF-8; they do not stop an answer.
std::string text_of(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string_view word_of(log::EvidenceKind kind) {
  switch (kind) {
    case log::EvidenceKind::fork:
      return "fork";
    case log::EvidenceKind::rivals:
      return "rivals";
  }
  return "unknown";
}

/// What is proved against a log: [{"kind","seq","sizes","freezes"}].
Json evidence_of(const log::LogReader& reader, const log::OrganisationId& organisation) {
  Json all = Json::array();
  const auto identity = reader.identity(organisation);
  for (const Bytes& file : reader.evidence(organisation)) {
    const auto judged = log::judge_evidence(file);
    if (!judged) continue;  // an audit says so
    Json one = {{"kind", word_of(judged->evidence.kind)}, {"seq", judged->evidence.epoch}};
    if (judged->evidence.kind == log::EvidenceKind::fork) {
      one["sizes"] = {judged->first.size, judged->second.size};
    }
    one["freezes"] = identity && log::freezes(judged->evidence, *identity);
    all.push_back(std::move(one));
  }
  return all;
}

Json json_of(const LogRow& row, const log::LogReader& reader, const Follows& follows) {
  return {{"organisation", log::to_text(row.organisation)},
          {"name", row.name},
          {"size", row.head.size},
          {"root", row.head.size == 0 ? std::string() : crypto::to_base64(row.head.root)},
          {"state", row.state},
          {"known", row.known},
          {"witnesses", witnesses_json(reader.witnesses(row.organisation), follows)},
          {"bodies_missing", row.bodies_missing},
          {"detail", row.detail},
          {"mode", row.is_head_only ? "head" : "full"},
          {"evidence", evidence_of(reader, row.organisation)}};
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

Json queued_of(const Publisher& publisher) {
  Json all = Json::array();
  for (const auto& [number, row] : publisher.queued()) {
    all.push_back({{"number", number}, {"records", row.records}, {"time", rfc3339(row.time_ms)}});
  }
  return all;
}

/// Witnesses outside Moot: how far each has cosigned, with its line for a note.
Json outside_of(const OutsideWitnesses& outside) {
  Json all = Json::array();
  for (const OutsideWitnesses::View& view : outside.views()) {
    const bool has_time = view.size > 0 && view.time_s < UINT64_MAX / 1000;
    all.push_back({{"name", view.name},
                   {"url", view.url},
                   {"size", view.size},
                   {"time", has_time ? Json(rfc3339(view.time_s * 1000)) : Json()},
                   {"line", view.line},
                   {"error", view.error}});
  }
  return all;
}

/// "stopped-own-log-ahead" is older than the states of publishing, and scripts know it.
std::string_view node_state(const SigningGate& gate) {
  return gate.ahead() ? "stopped-own-log-ahead" : "running";
}

std::string words_of_retention(std::size_t records_due) {
  const std::string count =
      records_due == 1 ? "1 record is past its retention time"
                       : std::to_string(records_due) + " records are past their retention time";
  return count + ": `moot retention preview`";
}

Json warnings_of(const std::vector<LogRow>& rows, const GateKeeper& keeper,
                 const std::vector<std::string>& successions, std::size_t records_due) {
  Json warnings = Json::array();
  if (!keeper.words().empty()) warnings.push_back("Nothing is published: " + keeper.words());
  for (const LogRow& row : rows) {
    if (row.is_frozen) {
      warnings.push_back("The log of " + log::to_text(row.organisation) +
                         " is frozen: " + row.detail);
    }
  }
  for (const std::string& words : successions) warnings.push_back(words);
  if (records_due > 0) warnings.push_back(words_of_retention(records_due));
  return warnings;
}

}  // namespace

std::string Status::status() const {
  const auto own = store_.state(facts_.organisation);
  const log::Head head = own && own->head ? own->head->head : log::Head{};
  const std::vector<LogRow> rows = log_rows(follows_, driver_.replicator(), store_);
  Json logs = Json::array();
  for (const LogRow& row : rows) logs.push_back(json_of(row, store_, follows_));
  const Json document = {
      {"organisation", log::to_text(facts_.organisation)},
      {"name", facts_.name},
      {"version", MOOT_VERSION},
      {"home", facts_.home},
      {"listening", facts_.listening},
      {"address", facts_.address},
      {"state", node_state(keeper_.gate())},
      {"publishing", Json::parse(publishing_json(keeper_))},
      {"queued", queued_of(publisher_)},
      {"head",
       {{"size", head.size},
        {"root", crypto::to_base64(head.root)},
        {"witnesses", witnesses_json(store_.witnesses(facts_.organisation), follows_)},
        {"outside", outside_of(outside_)}}},
      {"evidence", evidence_of(store_, facts_.organisation)},
      {"store", {{"bytes", store_.bytes_on_disk()}}},
      {"peers", peers_of(driver_, dialler_, follows_)},
      {"logs", std::move(logs)},
      {"warnings",
       warnings_of(rows, keeper_, succession_warnings(store_, follows_), retention_.records_due())},
      {"retention_due", retention_.records_due()}};
  return text_of(document);
}

std::string Status::peers() const {
  return text_of(Json{{"peers", peers_of(driver_, dialler_, follows_)}});
}

std::string Status::organisations() const {
  Json organisations = Json::array();
  Json own = {{"organisation", log::to_text(facts_.organisation)},
              {"name", facts_.name},
              {"address", facts_.address},
              {"mode", "full"},
              {"own", true}};
  add_succession(own, store_, follows_, facts_.organisation);
  organisations.push_back(std::move(own));
  for (const auto& [organisation, follow] : follows_.all()) {
    Json one = {{"organisation", log::to_text(organisation)},
                {"name", follow.name},
                {"address", follow.address},
                {"mode", follow.mode == store::Mode::head ? "head" : "full"},
                {"own", false},
                {"since_ms", follow.since_ms}};
    add_succession(one, store_, follows_, organisation);
    organisations.push_back(std::move(one));
  }
  return text_of(Json{{"organisations", std::move(organisations)}});
}

}  // namespace moot::node
