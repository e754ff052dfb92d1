#include <memory>
#include <ostream>
#include <sstream>

#include "base/limits.hpp"
#include "command/json_text.hpp"
#include "command/officers_advice.hpp"
#include "command/own_identity.hpp"
#include "command/recovery_sheet.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "log/rotation.hpp"

namespace moot::command {
namespace {

constexpr unsigned page_mode = 0600;  // it tells where keys are kept

struct HandoverOptions {
  std::string output;
  std::string hosting;
  bool html = false;
};

/// One line of the page: what it is, and what is known of it.
struct Fact {
  std::string what;
  std::string known;
};
struct Page {
  std::string name;
  std::string date;
  std::vector<Fact> facts;
  std::string decides;
  std::vector<std::vector<std::string>> officers;  ///< name, role, until, last tried, note
  std::vector<std::string> warnings;
  std::vector<std::string> to_do;
};

const std::vector<std::string>& officer_heading() {
  static const std::vector<std::string> heading = {"Name", "Role", "Until", "Key last tried",
                                                   "Note"};
  return heading;
}

std::string or_unknown(const std::string& text) { return text.empty() ? "not noted" : text; }

std::string last_backup(const config::Paths& paths) {
  const auto text = read_text_file(paths.home / "backup.json", limits::MiB);
  const auto json = text ? parse_json(*text) : std::nullopt;
  if (!json) return "none was made with `moot backup`";
  const Json& time = field_at(*json, "time");
  if (time.is_number_unsigned()) return time_text(time.get<std::uint64_t>());
  return or_unknown(text_at(*json, "time"));
}

void fill_officers(Page& page, const log::Establish& today, const Officers& officers) {
  for (const Hash& digest : today.next_digests) {
    const Officer* officer = officers.find_by_digest(digest);
    if (officer == nullptr) {
      page.officers.push_back({"somebody whose key is not known here", "", "", "", ""});
      continue;
    }
    page.officers.push_back(
        {officer->name.empty() ? "not named" : officer->name, officer->role, officer->until,
         officer->last_drill.empty() ? "never" : officer->last_drill, officer->note});
  }
}

std::vector<std::string> things_to_do(const log::Establish& today, const Officers& officers,
                                      const std::optional<OpenChange>& open) {
  return {
      "Find each officer named below, and have each try the key: `moot keys drill`. A key that "
      "nobody can find is a lost key.",
      "Name those who decide from now on: `moot officers add NAME --key mootpub1…`, `moot officers "
      "remove NAME`; then `moot keys rotate`. The next step now: " +
          next_step(today, officers, open) + ".",
      "Make sure of the machine and of the domain: who pays for them, who can log in. Note it with "
      "`moot handover --hosting TEXT`.",
      "Make a backup with `moot backup`, and see that another organisation follows this log: "
      "`moot peers`. What others hold is not lost with this machine.",
  };
}

Result<Page, Error> page_of(const config::Paths& paths, const OwnIdentity& own,
                            const Officers& officers) {
  const auto text = read_text_file(paths.config, limits::MiB);
  if (!text) return fail(text.error());
  const auto config = config::parse(*text, paths.config.string());
  const std::string reached =
      !config ? "" : (config->advertise.empty() ? "port of " + config->listen : config->advertise);
  const log::Establish& today_event = own.identity.newest().establish;
  const auto open = open_change(paths, officers);
  Page page{.name = config ? config->name : "This organisation",
            .date = today(),
            .facts = {{"Organisation", log::to_text(own.organisation)},
                      {"Reached at", or_unknown(reached)},
                      {"Node's folder", paths.home.string()},
                      {"Entries in its log", number_text(own.state.held)},
                      {"Last backup", last_backup(paths)},
                      {"Hosting and domain", or_unknown(officers.hosting)}},
            .decides = today_event.next_digests.size() == 1
                           ? "One officer decides alone."
                           : "Any " + std::to_string(today_event.threshold_next) + " of these " +
                                 std::to_string(today_event.next_digests.size()) +
                                 " officers decide together.",
            .officers = {},
            .warnings = warnings(today_event, officers, today()),
            .to_do = things_to_do(today_event, officers, open)};
  fill_officers(page, today_event, officers);
  return page;
}

std::string plain_text(const Page& page) {
  std::ostringstream out;
  out << "HANDOVER: " << printable(page.name) << "\nWritten on " << page.date << "\n\n";
  Table facts({});
  for (const Fact& fact : page.facts) facts.add({fact.what, printable(fact.known)});
  facts.print(out);
  out << "\nWho holds the keys\n" << page.decides << "\n\n";
  Table officers(officer_heading());
  for (const auto& row : page.officers) {
    std::vector<std::string> shown;
    for (const std::string& cell : row) shown.push_back(printable(cell));
    officers.add(shown);
  }
  officers.print(out);
  for (const std::string& warning : page.warnings) out << "Mind: " << printable(warning) << ".\n";
  out << "\nFour things to do\n";
  for (std::size_t i = 0; i < page.to_do.size(); ++i) {
    out << "  " << i + 1 << ". " << printable(page.to_do[i]) << '\n';
  }
  return out.str();
}

std::string html_text(const Page& page) {
  std::string out =
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>Handover: " +
      escaped(page.name) +
      "</title>\n<style>body{font-family:sans-serif;max-width:45em;margin:2em auto;"
      "padding:0 1em;line-height:1.4}td,th{text-align:left;padding:.2em 1em .2em 0;"
      "vertical-align:top;overflow-wrap:anywhere}</style>\n<h1>Handover: " +
      escaped(page.name) + "</h1>\n<p>Written on " + page.date + ".</p>\n<table>\n";
  for (const Fact& fact : page.facts) {
    out += "<tr><th scope=\"row\">" + escaped(fact.what) + "</th><td>" +
           escaped(printable(fact.known)) + "</td></tr>\n";
  }
  out +=
      "</table>\n<h2>Who holds the keys</h2>\n<p>" + escaped(page.decides) + "</p>\n<table>\n<tr>";
  for (const std::string& head : officer_heading()) {
    out += "<th scope=\"col\">" + escaped(head) + "</th>";
  }
  out += "</tr>\n";
  for (const auto& row : page.officers) {
    out += "<tr>";
    for (const std::string& cell : row) out += "<td>" + escaped(printable(cell)) + "</td>";
    out += "</tr>\n";
  }
  out += "</table>\n";
  for (const std::string& warning : page.warnings) {
    out += "<p><strong>Mind:</strong> " + escaped(printable(warning)) + ".</p>\n";
  }
  out += "<h2>Four things to do</h2>\n<ol>\n";
  for (const std::string& thing : page.to_do) {
    out += "<li>" + escaped(printable(thing)) + "</li>\n";
  }
  return out + "</ol>\n</html>\n";
}

Json json_of(const Page& page, const OwnIdentity& own, const Officers& officers,
             const config::Paths& paths) {
  Json list = Json::array();
  for (const auto& row : page.officers) {
    list.push_back({{"name", row[0]},
                    {"role", row[1]},
                    {"until", row[2]},
                    {"last_drill", row[3]},
                    {"note", row[4]}});
  }
  return {{"organisation", log::to_text(own.organisation)},
          {"name", page.name},
          {"home", paths.home.string()},
          {"threshold", own.identity.newest().establish.threshold_next},
          {"officers", std::move(list)},
          {"hosting", officers.hosting},
          {"last_backup", last_backup(paths)},
          {"warnings", page.warnings},
          {"to_do", page.to_do}};
}

Ran run_handover(Session& session, const HandoverOptions& options) {
  const config::Paths paths = session.paths();
  const auto own = open_own_identity(paths);
  if (!own) return fail(own.error());
  auto officers = load_officers(paths);
  if (!officers) return fail(officers.error());
  if (!options.hosting.empty()) {
    const std::string hosting = printable(options.hosting);
    if (!log::is_request_text(hosting, limits::establish_note_bytes_max)) {
      return fail(
          Error{.code = "usage",
                .message = "--hosting is one line of up to " +
                           std::to_string(limits::establish_note_bytes_max) + " bytes",
                .hint = "such as --hosting \"VPS at Example Hosting, paid by the treasurer\"",
                .problems = {}});
    }
    officers->hosting = hosting;
    if (const auto saved = save_officers(paths, *officers); !saved) return fail(saved.error());
  }
  const auto page = page_of(paths, *own, *officers);
  if (!page) return fail(page.error());
  if (!options.output.empty()) {
    const auto written = write_new_file(
        options.output, options.html ? html_text(*page) : plain_text(*page), page_mode, "the page");
    if (!written) return fail(written.error());
  }
  if (session.globals.json) {
    Json document = json_of(*page, *own, *officers, paths);
    if (!options.output.empty()) document["file"] = options.output;
    session.out << json_text(document) << '\n';
  } else if (options.output.empty()) {
    session.out << (options.html ? html_text(*page) : plain_text(*page));
  } else {
    session.out << "The page is in " << printable(options.output) << ".\n";
  }
  return ExitCode::done;
}

}  // namespace

void add_handover(Registry& registry) {
  const auto options = std::make_shared<HandoverOptions>();
  CLI::App& app = registry.add(
      "handover",
      "Writes the page that a new trustee needs: who holds which key, where the node is, and four "
      "things to do.\n"
      "It holds no secret, but tells who has them.",
      "  moot handover\n"
      "  moot handover --hosting \"VPS at Example Hosting, paid by the treasurer\" --html --output "
      "handover.html",
      [options](Session& session) { return run_handover(session, *options); });
  app.add_option("--output,-o", options->output, "Write into this new file")->type_name("FILE");
  app.add_flag("--html", options->html, "As a web page");
  app.add_option("--hosting", options->hosting,
                 "Note where the machine and the domain are, and who pays for them")
      ->type_name("TEXT");
}

}  // namespace moot::command
