#include "command/officers_advice.hpp"

#include <algorithm>
#include <chrono>

#include "base/limits.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "crypto/next_keys.hpp"
#include "log/rotation.hpp"

namespace moot::command {
namespace {

constexpr int term_ends_soon_days = 60;
constexpr int drill_due_days = 366;

std::size_t known_of(const log::Establish& today, const Officers& officers) {
  return static_cast<std::size_t>(std::ranges::count_if(
      today.next_digests,
      [&](const Hash& digest) { return officers.find_by_digest(digest) != nullptr; }));
}

std::string step_of_open(const OpenChange& open) {
  const std::string file = open.request.empty() ? "REQUEST" : open.request;
  if (!open.missing) {
    return "A change of keys is under way, but its request " + file +
           " is not there or not readable. Find it, or give the change up: `moot keys cancel`";
  }
  if (*open.missing == 0) {
    return "Enough officers have signed: `moot keys apply " + file + "`";
  }
  return std::to_string(*open.missing) +
         (*open.missing == 1 ? " more officer must sign" : " more officers must sign") +
         ", on a machine of their own: `moot keys sign " + file + "`; then `moot keys apply " +
         file + "`";
}

/// The plan is in force: is it a good one?
std::string step_of_settled(const Officers& officers) {
  if (officers.officers.size() == 1) {
    return "One lost key would end the organisation's identity. Have three officers of whom two "
           "agree: two more make a key (`moot keys make FILE`) and tell you its public half; then "
           "`moot officers add NAME --key mootpub1…` for each";
  }
  if (officers.threshold == 1) {
    return "A single stolen key could take the organisation over. Let two agree: `moot officers "
           "threshold 2`";
  }
  if (officers.threshold == officers.officers.size()) {
    return "If one key is lost, nobody can decide any more. Name one more officer: `moot officers "
           "add NAME --key mootpub1…`";
  }
  return "Nothing. Once a year each officer tries the key: `moot keys drill`";
}

std::string step_of_plan(const log::Establish& today, const Officers& officers) {
  const std::size_t count = officers.officers.size();
  const bool are_enough_known = known_of(today, officers) >= today.threshold_next;
  if (count == 0 && are_enough_known) {
    return "Say who is to decide: `moot officers add NAME --key mootpub1…`; as long as nobody is "
           "named, those of today stay, also after `moot keys rotate`";
  }
  if (count == 0) {
    return "Tell the public halves of the keys that decide today (`moot keys public FILE`, or "
           "`--words` with the sheet): `moot officers known mootpub1…`";
  }
  if (count == 2) {
    return "Name a third officer, so that one lost key does no harm: `moot officers add NAME --key "
           "mootpub1…`";
  }
  if (officers.threshold > count) {
    return std::to_string(officers.threshold) + " are to agree, but only " + std::to_string(count) +
           " are named: `moot officers add NAME --key mootpub1…`, or `moot officers threshold " +
           std::to_string(count) + "`";
  }
  if (officers.threshold == 1 && count > 1) {
    return "Let two of them agree, so that one stolen key does no harm: `moot officers threshold "
           "2`";
  }
  if (!are_enough_known) {
    return "Ask those who decide today for the public halves of their keys (`moot keys public "
           "FILE`, or `--words` with the sheet): `moot officers known mootpub1…`";
  }
  return "Begin the change: `moot keys rotate`. It writes a request for those who decide today to "
         "sign";
}

}  // namespace

std::optional<OpenChange> open_change(const config::Paths& paths, const Officers& officers) {
  if (!crypto::has_next_keys(paths.keys)) return std::nullopt;
  OpenChange out{.request = officers.request, .missing = {}};
  if (out.request.empty()) return out;
  const auto text = read_text_file(out.request, limits::establish_request_bytes_max);
  const auto request = text ? log::parse_request(*text)
                            : Result<log::EstablishRequest, log::Fault>(fail(log::Fault::bad_text));
  if (request) {
    const auto missing = log::missing_signatures(*request);
    out.missing = std::max(missing.of_current, missing.of_rival);
  }
  return out;
}

bool is_plan_in_force(const log::Establish& today, const Officers& officers) {
  if (officers.threshold != today.threshold_next ||
      officers.officers.size() != today.next_digests.size()) {
    return false;
  }
  return std::ranges::all_of(officers.officers, [&](const Officer& officer) {
    return std::ranges::find(today.next_digests, log::reserve_digest(officer.key)) !=
           today.next_digests.end();
  });
}

std::string next_step(const log::Establish& today, const Officers& officers,
                      const std::optional<OpenChange>& open) {
  if (open) return step_of_open(*open);
  if (is_plan_in_force(today, officers)) return step_of_settled(officers);
  return step_of_plan(today, officers);
}

std::vector<std::string> warnings(const log::Establish& today, const Officers& officers,
                                  const std::string& date) {
  std::vector<std::string> out;
  for (const Officer& officer : officers.officers) {
    const auto left = days_between(date, officer.until);
    if (left && *left < 0) {
      out.push_back("The term of " + officer.name + " ended on " + officer.until +
                    ": name a successor");
    } else if (left && *left <= term_ends_soon_days) {
      out.push_back("The term of " + officer.name + " ends on " + officer.until);
    }
  }
  for (const Hash& digest : today.next_digests) {
    const Officer* officer = officers.find_by_digest(digest);
    if (officer == nullptr || officer->last_drill.empty()) continue;
    const auto since = days_between(officer->last_drill, date);
    if (since && *since > drill_due_days) {
      out.push_back("The key of " + (officer->name.empty() ? "an officer" : officer->name) +
                    " was last tried on " + officer->last_drill + ": `moot keys drill`");
    }
  }
  const std::size_t known = known_of(today, officers);
  if (known < today.threshold_next) {
    out.push_back("Only " + std::to_string(known) + " of the " +
                  std::to_string(today.threshold_next) +
                  " public halves that a change of keys needs are known here: `moot officers known "
                  "mootpub1…`");
  }
  return out;
}

std::optional<int> days_between(const std::string& from, const std::string& to) {
  if (!is_date(from) || !is_date(to)) return std::nullopt;
  const auto day_of = [](const std::string& text) {
    return std::chrono::sys_days(std::chrono::year_month_day(
        std::chrono::year(std::stoi(text.substr(0, 4))),
        std::chrono::month(static_cast<unsigned>(std::stoi(text.substr(5, 2)))),
        std::chrono::day(static_cast<unsigned>(std::stoi(text.substr(8, 2))))));
  };
  return static_cast<int>((day_of(to) - day_of(from)).count());
}

}  // namespace moot::command
