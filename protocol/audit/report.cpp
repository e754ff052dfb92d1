#include "audit/report.hpp"

#include "audit/json_text.hpp"
#include "crypto/encoding.hpp"

namespace moot::audit {
namespace {

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
  json.begin_array("not_checked");
  for (const std::string& what : log.not_checked) json.text(what);
  json.end_array();
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
