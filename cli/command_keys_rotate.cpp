#include <algorithm>
#include <memory>
#include <ostream>

#include "base/limits.hpp"
#include "command/change_words.hpp"
#include "command/keys_commands.hpp"
#include "command/officers.hpp"
#include "command/own_identity.hpp"
#include "command/render.hpp"
#include "command/text_file.hpp"
#include "crypto/key_file.hpp"
#include "crypto/next_keys.hpp"
#include "log/evidence.hpp"
#include "log/tree.hpp"

namespace moot::command {
namespace {

constexpr unsigned request_mode = 0644;  // nothing in it is secret

struct RotateOptions {
  bool after_theft = false;
  bool after_restore = false;
  std::uint64_t stand_by = 0;  // 0: all of it
  std::string request;
  std::string reject;
  std::string note;
  std::string witness_policy;
};

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}
Error failed(std::string message, std::string hint) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Error is_open_already(const Officers& officers) {
  return {.code = "exists",
          .message =
              "a change of keys is under way already" +
              (officers.request.empty() ? std::string() : ": its request is " + officers.request),
          .hint = "have it signed and apply it, or give it up with `moot keys cancel`",
          .problems = {}};
}

Result<Done, Error> check_plan(const Officers& officers) {
  // Nobody named: those of today stay.
  if (!officers.officers.empty() && officers.threshold > officers.officers.size()) {
    return fail(usage(std::to_string(officers.threshold) + " are to agree, but only " +
                          counted(officers.officers.size(), "officer is", "officers are") +
                          " named",
                      "name more with `moot officers add`, or let fewer agree with `moot officers "
                      "threshold`"));
  }
  return Done{};
}

Result<log::Head, Error> trusted_head(const OwnIdentity& own, std::uint64_t stand_by) {
  if (!own.state.head) {
    return fail(failed("this home holds no signed head of its log", "`moot audit` says more"));
  }
  const log::Head& head = own.state.head->head;
  if (stand_by == 0) return head;
  if (stand_by > head.size || stand_by <= own.identity.newest().position) {
    return fail(usage("--stand-by " + std::to_string(stand_by) + " cannot be: the log has " +
                          number_text(head.size) + " entries, and entry " +
                          number_text(own.identity.newest().position) +
                          " names the keys of today, which must be among them",
                      "`moot log` lists the entries; the first one has the number 0"));
  }
  return log::Head{stand_by, log::root_at(stand_by, *own.store->tree(own.organisation))};
}

/// The other of two events of one seq, when evidence of it is given or held.
Result<Bytes, Error> rejected_leaf(const OwnIdentity& own, const std::string& file) {
  std::vector<Bytes> files;
  if (file.empty()) {
    files = own.store->evidence(own.organisation);
  } else {
    const auto text = read_text_file(file, limits::evidence_bytes_max);
    if (!text) return fail(text.error());
    files.push_back(to_bytes(view_of(*text)));
  }
  for (const Bytes& bytes : files) {
    const auto judged = log::judge_evidence(bytes);
    if (!judged || judged->evidence.kind != log::EvidenceKind::rivals ||
        judged->evidence.organisation != own.organisation || judged->evidence.events.empty()) {
      continue;
    }
    for (const Bytes& leaf : {judged->evidence.rival_leaf, judged->evidence.events.back().leaf}) {
      const auto seq = own.identity.check_rival(leaf);
      if (seq && *seq == own.identity.newest().establish.seq) return leaf;
    }
  }
  if (file.empty()) return Bytes{};
  return fail(usage(file + " does not show another change of keys of the newest number",
                    "`moot verify FILE` says what it shows"));
}

/// The nodes that speak for the organisation after the change: its others stay, unless what was on
/// any of them may be in strange hands.
std::vector<crypto::PublicKeyBytes> node_keys_after(const OwnIdentity& own,
                                                    const config::Paths& paths,
                                                    const crypto::NextKeys& next,
                                                    log::Purpose purpose) {
  std::vector<crypto::PublicKeyBytes> keys = {next.node.public_key().bytes()};
  const auto current = crypto::read_key_file(paths.node_key, crypto::KeyUse::node);
  if (purpose != log::Purpose::planned || !current) return keys;
  for (const auto& key : own.identity.newest().establish.node_keys) {
    if (key != current->public_key().bytes()) keys.push_back(key);
  }
  return keys;
}

Error explain(log::Fault fault, const OwnIdentity& own, const Officers& officers) {
  const log::Establish& newest = own.identity.newest().establish;
  if (fault == log::Fault::too_few_signatures) {
    const auto known = std::ranges::count_if(newest.next_digests, [&](const Hash& digest) {
      return officers.find_by_digest(digest) != nullptr;
    });
    return failed("of those who decide today, " + std::to_string(newest.threshold_next) +
                      " must sign, and only " + std::to_string(known) + " of " +
                      std::to_string(newest.next_digests.size()) +
                      " are known here by their public halves",
                  "ask the officers for theirs (`moot keys public FILE`, or `--words` with the "
                  "sheet), then `moot officers known mootpub1…`");
  }
  if (fault == log::Fault::too_long) {
    return failed(
        "this organisation has changed its keys as often as it may, or too many keys "
        "would have to be shown",
        "see `moot keys list`");
  }
  return failed("such a change cannot be: " + std::string(log::describe(fault)), "");
}

std::string one_line_or(const std::string& text, std::size_t bytes_max) {
  const std::string shown = printable(text);
  return log::is_request_text(shown, bytes_max) ? shown : std::string();
}

/// What the signers are told in words.
void fill_in(log::EstablishRequest& request, const Officers& officers, const std::string& name,
             const std::string& note) {
  request.name = one_line_or(name, limits::officer_name_bytes_max);
  request.note = one_line_or(note, limits::establish_note_bytes_max);
  const auto add = [](std::vector<log::KeyHolder>& to, std::size_t place, const Officer* officer) {
    if (officer != nullptr && log::is_request_text(officer->name, limits::officer_name_bytes_max)) {
      to.push_back({static_cast<std::uint8_t>(place), officer->name});
    }
  };
  for (std::size_t i = 0; i < request.event.revealed.size(); ++i) {
    add(request.holders, i, officers.find(request.event.revealed[i].key));
  }
  for (std::size_t i = 0; i < request.event.next_digests.size(); ++i) {
    add(request.next_holders, i, officers.find_by_digest(request.event.next_digests[i]));
  }
}

log::Purpose purpose_of(const RotateOptions& options) {
  if (options.after_theft) return log::Purpose::theft;
  return options.after_restore ? log::Purpose::restored : log::Purpose::planned;
}

std::string own_name(const config::Paths& paths) {
  const auto text = read_text_file(paths.config, limits::MiB);
  const auto config =
      text ? config::parse(*text, "config.toml")
           : Result<config::Config, std::vector<Problem>>(fail(std::vector<Problem>{}));
  return config ? config->name : std::string();
}

Result<std::string, Error> witness_policy(const RotateOptions& options, const OwnIdentity& own) {
  if (options.witness_policy.empty()) return own.identity.newest().establish.witness_policy;
  return read_text_file(options.witness_policy, limits::witness_policy_bytes_max);
}

/// All but the keys, which are made only when nothing else can go wrong.
struct Prepared {
  log::RequestParameters parameters;
  std::string name;
};
Result<Prepared, Error> prepare(const RotateOptions& options, const OwnIdentity& own,
                                const Officers& officers, const config::Paths& paths) {
  const auto head = trusted_head(own, options.stand_by);
  if (!head) return fail(head.error());
  auto rival = rejected_leaf(own, options.reject);
  if (!rival) return fail(rival.error());
  auto policy = witness_policy(options, own);
  if (!policy) return fail(policy.error());
  Prepared out{.parameters = {.purpose = purpose_of(options),
                              .time_s = unix_now_ms() / 1000,
                              .trusted = *head,
                              .log_size = own.state.head->head.size,
                              .node_keys = {},
                              .threshold_next = officers.threshold,
                              .next_keys = {},
                              .known_keys = officers.all_keys(),
                              .rival_leaf = std::move(*rival),
                              .witness_policy = std::move(*policy)},
               .name = own_name(paths)};
  for (const Officer& officer : officers.officers) out.parameters.next_keys.push_back(officer.key);
  return out;
}

/// In the current folder; one that was given up may still lie there.
std::string free_name(std::uint32_t seq) {
  constexpr int tries_max = 100;
  const std::string stem = "change-of-keys-" + std::to_string(seq);
  std::string name = stem + ".txt";
  std::error_code ignored;
  for (int i = 2; i < tries_max && std::filesystem::exists(name, ignored); ++i) {
    name = stem + "-" + std::to_string(i) + ".txt";
  }
  return name;
}

/// Makes the keys and the file of the request; after a failure neither is left.
Result<log::EstablishRequest, Error> make(Prepared prepared, const RotateOptions& options,
                                          const OwnIdentity& own, Officers& officers,
                                          const config::Paths& paths, std::string& file) {
  const auto next = crypto::make_next_keys(paths.keys);
  if (!next && next.error() == crypto::Fault::file_exists) {
    return fail(is_open_already(officers));
  }
  if (!next) {
    return fail(failed("cannot make new keys in " + paths.keys.string() + ": " +
                           std::string(crypto::describe(next.error())),
                       "run it as the user that the home belongs to"));
  }
  const auto give_up = [&](Error error) {
    (void)crypto::drop_next_keys(paths.keys);
    return fail(std::move(error));
  };
  prepared.parameters.node_keys = node_keys_after(own, paths, *next, prepared.parameters.purpose);
  auto request = log::make_request(own.identity, prepared.parameters, next->log);
  if (!request) return give_up(explain(request.error(), own, officers));
  fill_in(*request, officers, prepared.name, options.note);
  // Nobody signs these lines, so that what is applied goes by what was written here.
  const auto kept = crypto::write_next_plan(paths.keys, log::plan_text(*request));
  if (!kept) {
    return give_up(failed("cannot write in " + (paths.keys / "next").string() + ": " +
                              std::string(crypto::describe(kept.error())),
                          "make room on the disk, then try again"));
  }
  if (file.empty()) file = free_name(request->event.seq);
  const auto written = write_new_file(file, log::to_text(*request), request_mode, "the request");
  if (!written) return give_up(written.error());
  officers.request = std::filesystem::absolute(file).string();
  if (const auto saved = save_officers(paths, officers); !saved) {
    std::error_code ignored;
    std::filesystem::remove(file, ignored);
    return give_up(saved.error());
  }
  return std::move(*request);
}

Ran run_rotate(Session& session, const RotateOptions& options) {
  const config::Paths paths = session.paths();
  const auto own = open_own_identity(paths);
  if (!own) return fail(own.error());
  auto officers = load_officers(paths);
  if (!officers) return fail(officers.error());
  if (const auto planned = check_plan(*officers); !planned) return fail(planned.error());
  if (options.after_theft && options.after_restore) {
    return fail(
        usage("a change follows a theft or a restore, not both", "after both say --after-theft"));
  }
  auto prepared = prepare(options, *own, *officers, paths);
  if (!prepared) return fail(prepared.error());
  std::string file = options.request;
  const auto request = make(std::move(*prepared), options, *own, *officers, paths, file);
  if (!request) return fail(request.error());

  if (session.globals.json) {
    Json document = change_json(*request);
    document["file"] = file;
    session.out << json_text(document) << '\n';
    return ExitCode::done;
  }
  print_change(session.out, *request, nullptr);
  session.out << "\nNothing has changed yet. What to do next:\n"
              << "  1. Give " << printable(file) << " to the officers. " << missing_text(*request)
              << ", each on a machine of their own:\n"
              << "       moot keys sign " << printable(file) << "\n"
              << "  2. When it comes back signed (several copies will do):\n"
              << "       moot keys apply " << printable(file) << "\n"
              << "To give it up: moot keys cancel\n";
  if (options.after_theft && options.stand_by == 0) {
    session.hint(
        "the organisation would go on standing by every entry of today. If a thief wrote some of "
        "them: `moot keys cancel`, find the first in `moot log`, and `moot keys rotate "
        "--after-theft --stand-by THAT-NUMBER`");
  }
  return ExitCode::done;
}

Ran run_cancel(Session& session) {
  const config::Paths paths = session.paths();
  const auto own = open_own_identity(paths);
  if (!own) return fail(own.error());
  if (!crypto::has_next_keys(paths.keys)) {
    return fail(Error{.code = "not-found",
                      .message = "no change of keys is under way",
                      .hint = "`moot keys rotate` begins one",
                      .problems = {}});
  }
  const auto next = crypto::read_key_file(paths.keys / "next" / "log.key", crypto::KeyUse::log);
  if (next && next->public_key().bytes() == own->identity.newest().establish.log_key) {
    return fail(Error{.code = "refused",
                      .message = "the change is in force already",
                      .hint = "start the node: it puts the new keys in their place",
                      .problems = {}});
  }
  if (const auto dropped = crypto::drop_next_keys(paths.keys); !dropped) {
    return fail(failed("cannot remove " + (paths.keys / "next").string(), "remove it by hand"));
  }
  auto officers = load_officers(paths);
  const std::string request = officers ? officers->request : std::string();
  if (officers) {
    officers->request.clear();
    if (const auto saved = save_officers(paths, *officers); !saved) return fail(saved.error());
  }
  if (session.globals.json) {
    session.out << json_text(Json{{"cancelled", true}, {"request", request}}) << '\n';
  } else {
    session.out << "The change of keys is given up; the keys of today stay.\n";
    if (!request.empty()) {
      session.out << "Throw its request away, signed copies too: " << printable(request) << '\n';
    }
  }
  return ExitCode::done;
}

}  // namespace

void add_keys_rotate(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<RotateOptions>();
  CLI::App& app = registry.add_below(
      group, "rotate",
      "Begins a change of keys: new keys for this node, and the officers of `moot officers list` "
      "from then\n"
      "on. Writes a request for those who decide today to sign. Nothing changes until it is "
      "applied.",
      "  moot keys rotate\n  moot keys rotate --after-theft --stand-by 120",
      [options](Session& session) { return run_rotate(session, *options); });
  app.add_option("--request", options->request, "Where to write the request")->type_name("FILE");
  app.add_flag("--after-theft", options->after_theft,
               "The node's key may be in strange hands: what it publishes until the change is in "
               "force does not count");
  app.add_flag("--after-restore", options->after_restore,
               "This home was made anew, and has no key");
  app.add_option("--stand-by", options->stand_by,
                 "How many entries the organisation goes on standing by; all that there are")
      ->type_name("COUNT")
      ->check(CLI::PositiveNumber);
  app.add_option("--reject", options->reject,
                 "Evidence of another change of the newest number, which is to be rejected")
      ->type_name("FILE");
  app.add_option("--note", options->note, "A line for those who sign")->type_name("TEXT");
  app.add_option("--witness-policy", options->witness_policy,
                 "The policy of witnesses to publish from then on (default: as before)")
      ->type_name("FILE");

  registry.add_below(group, "cancel",
                     "Gives up a change of keys that was begun and not applied. Signed copies of "
                     "its request are\n"
                     "worth nothing afterwards.",
                     "  moot keys cancel", run_cancel);
}

}  // namespace moot::command
