#include "audit/report.hpp"

#include "audit/json_text.hpp"
#include "audit/record_words.hpp"
#include "crypto/encoding.hpp"

namespace moot::audit {
namespace {

void write_time(JsonText& json, std::string_view key, std::uint64_t time_s) {
  if (time_s >= UINT64_MAX / 1000) return;
  if (const auto time = time_text(time_s * 1000)) json.text(key, *time);
}

void write_removed(JsonText& json, const LogReport& log) {
  json.begin_array("removed");
  for (const auto& [reason, records] : log.removed) {
    json.begin_object().text("reason", word_of(reason)).number("records", records).end_object();
  }
  json.end_array();
}

/// What is not, or not alone, the log's history.
void write_branches(JsonText& json, const LogReport& log) {
  json.begin_array("disowned_ranges");
  for (const DisownedRange& range : log.disowned_ranges) {
    json.begin_object().number("first", range.first).number("end", range.end);
    json.number("seq", range.seq);
    write_time(json, "time", range.time_s);
    json.end_object();
  }
  json.end_array().begin_array("abandoned");
  for (const AbandonedRange& range : log.abandoned) {
    json.begin_object().number("epoch", range.epoch).number("first", range.first);
    json.number("count", range.count).flag("matched", range.is_matched).end_object();
  }
  json.end_array().begin_array("evidence");
  for (const EvidenceFound& found : log.evidence) {
    json.begin_object();
    json.text("kind", found.kind == log::EvidenceKind::fork ? "fork" : "rivals");
    json.number("epoch", found.epoch).flag("healed", found.is_healed).end_object();
  }
  json.end_array();
}

void write_witnesses(JsonText& json, const LogReport& log) {
  json.begin_array("witnesses");
  for (const Witnessed& witness : log.witnesses) {
    json.begin_object().text("organisation", log::to_text(witness.witness));
    json.number("first_size", witness.first_size);
    write_time(json, "first_time", witness.first_time_s);
    json.number("size", witness.size);
    write_time(json, "time", witness.time_s);
    json.flag("verified", witness.is_verified).end_object();
  }
  json.end_array();
  if (log.policy_met) json.number("policy_met", *log.policy_met);
}

void write_texts(JsonText& json, std::string_view key, const std::vector<std::string>& texts) {
  json.begin_array(key);
  for (const std::string& text : texts) json.text(text);
  json.end_array();
}

void write(JsonText& json, const LogReport& log) {
  json.begin_object();
  json.text("organisation", log::to_text(log.organisation));
  json.text("verdict", word_of(log.verdict));
  json.begin_object("head");
  json.number("size", log.head.size);
  json.text("root", crypto::to_base64(log.head.root));
  json.end_object();
  json.number("entries", log.entries);
  json.number("bodies", log.bodies);
  json.number("checkpoints", log.checkpoints);
  json.number("cosignatures", log.cosignatures);
  json.number("erased", log.erased);
  json.number("withheld", log.withheld);
  json.number("disowned", log.disowned);
  json.number("erased_waiting", log.erased_waiting);
  json.number("hidden_here", log.hidden_here);
  write_removed(json, log);
  write_branches(json, log);
  write_witnesses(json, log);
  json.begin_array("problems");
  for (const Problem& problem : log.problems) {
    json.begin_object();
    json.text("where", problem.where);
    json.text("found", problem.found);
    json.text("allowed", problem.allowed);
    json.text("hint", problem.hint);
    json.end_object();
  }
  json.end_array();
  write_texts(json, "not_checked", log.not_checked);
  write_texts(json, "notes", log.notes);
  json.end_object();
}

}  // namespace

std::string_view word_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::ok:
      return "ok";
    case Verdict::failed:
      return "failed";
    case Verdict::incomplete:
      return "incomplete";
  }
  return "incomplete";
}

std::string to_json(const Report& report) {
  JsonText json;
  json.begin_object();
  json.text("verdict", word_of(report.verdict));
  json.begin_array("logs");
  for (const LogReport& log : report.logs) write(json, log);
  json.end_array();
  json.end_object();
  return json.take();
}

}  // namespace moot::audit
