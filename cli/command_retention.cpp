#include <memory>
#include <ostream>

#include "base/limits.hpp"
#include "command/client.hpp"
#include "command/progress.hpp"
#include "command/read.hpp"
#include "command/registry.hpp"
#include "command/render.hpp"
#include "command/retention.hpp"
#include "command/terminal.hpp"

namespace moot::command {
namespace {

struct RunOptions {
  bool yes = false;
  bool all = false;
};

using Leaves = std::vector<log::ErasedLeaf>;

/// What one run erases of what is due.
struct Chosen {
  std::vector<query::RetentionRow> rows;
  std::vector<Leaves> batches;  // each an erase entry
  std::size_t left = 0;         // rows for another day
};

std::vector<Leaves> batches_of(const Leaves& leaves) {
  std::vector<Leaves> batches;
  for (const log::ErasedLeaf& leaf : leaves) {
    if (batches.empty() || batches.back().size() == limits::erase_leaves_max) {
      batches.emplace_back();
    }
    batches.back().push_back(leaf);
  }
  return batches;
}

/// As much as holders destroy without the officers: whole rows from the front, as far as they fit.
Result<Chosen, Error> choose(const RetentionPlan& plan, bool all) {
  if (all) return Chosen{plan.due, batches_of(query::leaves_of(plan.due)), 0};
  const auto most = static_cast<std::size_t>(limits::mass_erase_leaves);
  const std::size_t room = most - std::min(most, plan.erased_lately);
  std::size_t count = query::rows_within(plan.due, room);
  Chosen chosen;
  if (count > 0) {
    chosen.rows.assign(plan.due.begin(), plan.due.begin() + static_cast<std::ptrdiff_t>(count));
  } else if (room == most) {  // one record with more versions than that: as many as may be
    chosen.rows.push_back(plan.due.front());
    chosen.rows.front().versions.resize(room);
  } else {
    return fail(Error{.code = "refused",
                      .message = "in the last 24 hours " +
                                 counted(plan.erased_lately, "version was", "versions were") +
                                 " erased: with more than 100 in a day the others wait for the "
                                 "officers",
                      .hint = "run it again tomorrow, or with --all",
                      .problems = {}});
  }
  chosen.batches = batches_of(query::leaves_of(chosen.rows));
  chosen.left = plan.due.size() - count;
  return chosen;
}

std::size_t texts_in(const std::vector<query::RetentionRow>& rows) {
  std::size_t texts = 0;
  for (const query::RetentionRow& row : rows) texts += row.versions.size();
  return texts;
}

std::size_t versions_in(const Chosen& chosen) {
  std::size_t versions = 0;
  for (const Leaves& batch : chosen.batches) versions += batch.size();
  return versions;
}

/// What a person should know before saying yes.
void print_consequences(std::ostream& to, const Chosen& chosen, std::size_t erased_lately) {
  to << '\n'
     << counted(texts_in(chosen.rows), "text", "texts")
     << " to be erased at every node (reason: data-protection). You cannot take this back.\n";
  if (chosen.left > 0) {
    to << "The rest (" << counted(chosen.left, "line", "lines")
       << " above) is left for another day: more than 100 versions erased in one day are hidden,\n"
          "and destroyed only when the officers next change the keys. --all erases them now.\n";
  } else if (versions_in(chosen) + erased_lately > limits::mass_erase_leaves) {
    to << "These are more than 100 versions in one day: every node hides them at once, and may "
          "destroy them only\nwhen the officers next change the keys (`moot keys rotate`).\n";
  }
}

Result<Done, Error> agree(const Session& session, const RunOptions& options) {
  if (options.yes) return Done{};
  if (session.globals.json || !can_ask(session)) {
    return fail(Error{.code = "usage",
                      .message = "nothing was erased: nobody could be asked",
                      .hint = "read `moot retention preview`, then run it with --yes",
                      .problems = {}});
  }
  if (ask_yes(session, "Erase them? (yes/no)")) return Done{};
  return fail(Error{.code = "refused",
                    .message = "nothing was erased",
                    .hint = "the rules stand in config.toml below [retention]",
                    .problems = {}});
}

control::EraseWithdrawnRequest request_of(const Leaves& batch) {
  control::EraseWithdrawnRequest request;
  request.reason = static_cast<std::uint8_t>(log::EraseReason::data_protection);
  for (const log::ErasedLeaf& leaf : batch) {
    request.texts.push_back({.entry = leaf.leaf, .part_mask = leaf.part_mask});
  }
  return request;
}

/// The answers of the node, one for each batch.
Result<std::vector<Json>, Error> erase(const Session& session, const Chosen& chosen) {
  std::vector<Json> answers;
  std::size_t erased = 0;
  Progress progress(session);
  for (const Leaves& batch : chosen.batches) {
    if (chosen.batches.size() > 1) {
      progress.say("Erased " + number_text(erased) + " of " + number_text(versions_in(chosen)) +
                   " versions…");
    }
    const auto answer = ask_node(session, request_of(batch), publish_patience);
    if (!answer) {
      progress.clear();
      Error error = answer.error();
      if (erased > 0) {
        error.message =
            counted(erased, "version was", "versions were") + " erased, then: " + error.message;
      }
      return fail(std::move(error));
    }
    answers.push_back(parse_json(answer->json).value_or(Json()));
    erased += batch.size();
  }
  progress.clear();
  return answers;
}

/// The last says it of all: a mass erase holds back those before it too.
bool is_mass(const std::vector<Json>& answers) {
  return !answers.empty() && is_true_at(answers.back(), "mass");
}

Json run_json(const Chosen& chosen, const std::vector<Json>& answers) {
  Json erased = Json::array();
  for (const query::RetentionRow& row : chosen.rows) erased.push_back(retention_row_json(row));
  Json entries = Json::array();
  for (const Json& answer : answers) entries.push_back(field_at(answer, "entry"));
  return {{"erased", std::move(erased)},
          {"texts", texts_in(chosen.rows)},
          {"erase_entries", std::move(entries)},
          {"mass", is_mass(answers)},
          {"left", chosen.left}};
}

Ran run_preview(Session& session) {
  const auto plan = read_retention_plan(session);
  if (!plan) return fail(plan.error());
  if (session.globals.json) {
    session.out << json_text(retention_json(*plan)) << '\n';
  } else {
    print_retention(session.out, *plan);
  }
  return ExitCode::done;
}

Ran run_run(Session& session, const RunOptions& options) {
  const auto plan = read_retention_plan(session);
  if (!plan) return fail(plan.error());
  const bool is_json = session.globals.json;
  if (!is_json) print_retention(session.out, *plan);
  if (plan->due.empty()) {
    if (is_json) session.out << json_text(run_json({}, {})) << '\n';
    return ExitCode::done;
  }
  const auto chosen = choose(*plan, options.all);
  if (!chosen) return fail(chosen.error());
  if (!is_json) print_consequences(session.out, *chosen, plan->erased_lately);
  session.out.flush();
  const auto agreed = agree(session, options);
  if (!agreed) return fail(agreed.error());
  const auto answers = erase(session, *chosen);
  if (!answers) return fail(answers.error());
  if (is_json) {
    session.out << json_text(run_json(*chosen, *answers)) << '\n';
    return ExitCode::done;
  }
  session.out << "\nErased " << counted(texts_in(chosen->rows), "text", "texts")
              << ". Every node that follows you hides what was erased as soon as it hears of this, "
                 "and destroys it "
              << (is_mass(*answers) ? "when the\nofficers have changed the keys"
                                    : "after\nits own hold")
              << ". `moot erase --list` shows who has answered.\n";
  return ExitCode::done;
}

}  // namespace

void add_retention(Registry& registry) {
  CLI::App& group = registry.add_group(
      "retention",
      "Erases what was kept long enough: the settings (config.toml, [retention]) say for each kind "
      "of record\nhow many calendar months after its withdrawal its personal or public part is to "
      "be erased. Nothing is\nerased before you have seen the list and said so.",
      "  moot retention preview\n  moot retention run");
  registry.add_below(group, "preview",
                     "Lists what is past its retention time, and what will be within 30 days. "
                     "Changes nothing, and works\nwhether or not the node runs.",
                     "  moot retention preview\n  moot retention preview --json", run_preview);
  const auto options = std::make_shared<RunOptions>();
  CLI::App& app = registry.add_below(
      group, "run",
      "Shows the list, asks, and erases what is past its retention time, in all versions and at "
      "every node, as\n`moot erase --reason data-protection` does. At most 100 versions in a day: "
      "with more, other nodes hide\nthem all and destroy them only when the officers next change "
      "the keys, lest a thief of this node's key\nempty everybody's store.",
      "  moot retention run\n  moot retention run --yes --json",
      [options](Session& session) { return run_run(session, *options); });
  app.add_flag("--yes", options->yes, "Do not ask");
  app.add_flag("--all", options->all, "More than 100 versions too");
}

}  // namespace moot::command
