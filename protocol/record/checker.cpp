#include "record/checker.hpp"

#include <simdjson.h>

#include <optional>
#include <vector>

#include "base/check.hpp"
#include "record/kinds.hpp"
#include "record/render.hpp"
#include "record/scan.hpp"
#include "record/walk.hpp"
#include "record/wording.hpp"

namespace moot::record {
namespace {

using simdjson::dom::element;
using Verdict = Checked::Verdict;

/// Kept between records; a larger one gets a parser of its own, so that a thread does not sit on
/// many megabytes for good.
constexpr std::size_t kept_bytes = 64 * limits::KiB;

/// How many fields of each kind an object has that not all kinds share; a byte for each kind.
struct Votes {
  std::uint64_t sum = 0;
  bool has_identity = false;  ///< an id or a name

  unsigned of(std::size_t kind) const { return static_cast<unsigned>(sum >> (8 * kind) & 0xff); }
};

Votes votes_of(simdjson::dom::object object) {
  Votes votes;
  unsigned left = 255;  // a byte cannot overflow; no honest record has so many
  for (const auto field : object) {
    votes.has_identity = votes.has_identity || field.key == "id" || field.key == "name";
    votes.sum += schemas().votes(field.key);
    if (--left == 0) break;
  }
  return votes;
}

std::size_t missing_fields(const ObjectRule& rule, simdjson::dom::object object) {
  std::size_t missing = 0;
  for (std::size_t field = 0; field < rule.size(); ++field) {
    const bool is_required = (rule.required() >> field & 1) != 0;
    if (is_required && object[rule.name(field)].error() != simdjson::SUCCESS) ++missing;
  }
  return missing;
}

/// The kinds with most votes, and of those the ones that lack the fewest required fields.
std::vector<std::size_t> likeliest_kinds(simdjson::dom::object object, const Votes& votes) {
  std::vector<std::size_t> likeliest;
  unsigned votes_best = 1;
  std::size_t missing_best = 0;
  for (std::size_t kind = 0; kind < known_kinds().size(); ++kind) {
    if (votes.of(kind) < votes_best) continue;
    const std::size_t missing = missing_fields(schemas().kind(kind), object);
    if (votes.of(kind) > votes_best || likeliest.empty() || missing < missing_best) {
      likeliest.clear();
    } else if (missing > missing_best) {
      continue;
    }
    votes_best = votes.of(kind);
    missing_best = missing;
    likeliest.push_back(kind);
  }
  return likeliest;
}

/// The number of the object's kind; -1 when it cannot be told, which is then reported.
int kind_of(simdjson::dom::object object, const Place& place, Report& report) {
  const Votes votes = votes_of(object);
  if (!votes.has_identity || votes.sum == 0) {
    report.add([&] {
      return Problem{place.of_value(0, ""), found_text(object),
                     "a record whose fields show its kind", unwrap_hint(object)};
    });
    return -1;
  }
  // Nearly always one kind is ahead of all others: then the required fields need not be counted.
  std::size_t best = 0;
  bool is_alone = true;
  for (std::size_t kind = 1; kind < known_kinds().size(); ++kind) {
    if (votes.of(kind) > votes.of(best)) {
      best = kind;
      is_alone = true;
    } else if (votes.of(kind) == votes.of(best)) {
      is_alone = false;
    }
  }
  if (is_alone) return static_cast<int>(best);
  const std::vector<std::size_t> likeliest = likeliest_kinds(object, votes);
  if (likeliest.size() == 1) return static_cast<int>(likeliest.front());
  report.add([&] {
    std::string names;
    std::string options;
    for (const std::size_t kind : likeliest) {
      const std::string name(known_kinds()[kind]);
      names += (names.empty() ? "" : " or ") + name;
      options += (options.empty() ? "--kind " : " or --kind ") + name;
    }
    return Problem{place.of_value(0, ""), found_text(object) + ", which may be " + names,
                   "a record whose fields show its kind", "Say which it is with " + options + "."};
  });
  return -1;
}

bool is_list_page(simdjson::dom::object object) {
  element contents;
  return object["id"].error() != simdjson::SUCCESS &&
         object["contents"].get(contents) == simdjson::SUCCESS && contents.is_array();
}

}  // namespace

/// The parser of a record that is too large for the kept one.
using Large = std::optional<simdjson::dom::parser>;

struct Checker::Memory {
  simdjson::dom::parser kept;
  std::vector<std::string_view> names;

  /// The object that `text` is; what it is instead is reported. Lives as long as `large` and until
  /// the next call.
  Verdict parse(std::string_view text, const Place& place, Report& report, Large& large,
                simdjson::dom::object& object);
};

Verdict Checker::Memory::parse(std::string_view text, const Place& place, Report& report,
                               Large& large, simdjson::dom::object& object) {
  simdjson::dom::parser* parser = &kept;
  if (text.size() > kept_bytes) {
    parser = &large.emplace();
    MOOT_CHECK(parser->allocate(text.size(), parser_depth) == simdjson::SUCCESS, text.size());
  }
  element root;
  const simdjson::error_code parsed = parser->parse(text.data(), text.size()).get(root);
  if (parsed != simdjson::SUCCESS) {
    const SyntaxError unexplained{0, simdjson::error_message(parsed), "a JSON object", ""};
    report.add([&] { return place.problem(find_syntax_error(text).value_or(unexplained)); });
    return Verdict::not_json;
  }
  if (root.get(object) == simdjson::SUCCESS) return Verdict::good;
  report.add([&] {
    return Problem{place.of_value(0, ""), found_text(root), "a JSON object, in { }", ""};
  });
  return Verdict::refused;
}

Checker::Checker() : memory_(std::make_unique<Memory>()) {
  MOOT_CHECK(memory_->kept.allocate(kept_bytes, parser_depth) == simdjson::SUCCESS);
}
Checker::~Checker() = default;

Checked Checker::check(std::string_view text, std::string_view kind, const Place& place,
                       Report& report) {
  Large large;
  simdjson::dom::object object;
  if (const Verdict parsed = memory_->parse(text, place, report, large, object);
      parsed != Verdict::good) {
    return {parsed, {}, {}};
  }
  if (is_list_page(object)) return {Verdict::list, {}, {}};
  const std::size_t problems_before = report.count();
  int number = schemas().number_of(kind);
  if (kind.empty()) {
    number = kind_of(object, place, report);
    if (number < 0) return {Verdict::refused, {}, {}};
  }
  Walk walk(text, place, report, memory_->names);
  if (number < 0) {
    walk.unknown_kind(object);
  } else {
    walk.known_kind(static_cast<std::size_t>(number), object, kind.empty());
  }
  if (report.count() != problems_before) return {Verdict::refused, {}, {}};
  std::string_view uuid;
  MOOT_CHECK(object["id"].get(uuid) == simdjson::SUCCESS);
  const std::optional<RecordId> id = parse_record_id(uuid);
  MOOT_CHECK(id.has_value());
  const std::string_view name = number < 0 ? kind : known_kinds()[static_cast<std::size_t>(number)];
  return {Verdict::good, name, id.value_or(RecordId{})};
}

bool Checker::check_page(std::string_view text, const Place& place, Report& report) {
  Large large;
  simdjson::dom::object object;
  if (memory_->parse(text, place, report, large, object) != Verdict::good) return false;
  const std::size_t problems_before = report.count();
  Walk(text, place, report, memory_->names).page(object);
  return report.count() == problems_before;
}

Checker& checker_of_this_thread() {
  thread_local Checker checker;
  return checker;
}

}  // namespace moot::record
