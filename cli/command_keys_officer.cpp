#include <algorithm>
#include <memory>
#include <ostream>

#include "command/change_words.hpp"
#include "command/json_text.hpp"
#include "command/keys_commands.hpp"
#include "command/officer_key.hpp"
#include "command/officers.hpp"
#include "command/qr.hpp"
#include "command/read.hpp"
#include "command/recovery_code.hpp"
#include "command/recovery_sheet.hpp"
#include "command/render.hpp"
#include "command/terminal.hpp"
#include "command/text_file.hpp"
#include "crypto/encoding.hpp"
#include "crypto/reserve_key.hpp"
#include "log/words.hpp"

namespace moot::command {
namespace {

constexpr unsigned secret_mode = 0600;

struct MakeOptions {
  std::string file;
  std::string passphrase_file;
};
struct PrintOptions {
  KeySource source;
  std::string name;
  std::string svg;
};

Error failed(std::string message, std::string hint) {
  return {.code = "failed", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

std::string upper(std::string text) {
  for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

/// In the memory that Moot usually asks for, or less on a machine that has not got it.
Result<crypto::SealedReserveKey, crypto::Fault> seal(const crypto::SigningKey& key,
                                                     const std::string& passphrase) {
  auto sealed = crypto::seal_reserve_key(key, passphrase, crypto::usual_cost());
  if (!sealed && sealed.error() == crypto::Fault::no_memory) {
    return crypto::seal_reserve_key(key, passphrase, crypto::small_cost());
  }
  return sealed;
}

void print_public(const Session& session, const crypto::SigningKey& key, const std::string& file) {
  const std::string text = log::reserve_key_text(key.public_key().bytes());
  if (session.globals.json) {
    Json document = Json::object();
    if (!file.empty()) document["file"] = file;
    document["key"] = text;
    document["digest"] = crypto::to_hex(log::reserve_digest(key.public_key().bytes()));
    session.out << json_text(document) << '\n';
    return;
  }
  session.out << text << '\n';
  session.hint("a request for a change of keys shows it as " +
               short_digest(log::reserve_digest(key.public_key().bytes())));
}

Ran run_make(Session& session, const MakeOptions& options) {
  std::error_code ignored;
  if (std::filesystem::exists(options.file, ignored)) {
    return fail(Error{.code = "exists",
                      .message = options.file + " is there already; nothing was changed",
                      .hint = "name another file",
                      .problems = {}});
  }
  auto passphrase = get_passphrase(session, options.passphrase_file, /*is_new=*/true);
  if (!passphrase) return fail(passphrase.error());
  const auto key = crypto::SigningKey::generate();
  const auto sealed = seal(key, *passphrase);
  wipe_text(*passphrase);
  if (!sealed) {
    return fail(failed(std::string(crypto::describe(sealed.error())),
                       "use a machine with at least 64 MiB of free memory"));
  }
  const auto written = crypto::write_reserve_key_file(options.file, *sealed);
  if (!written) {
    return fail(failed(
        "cannot write " + options.file + ": " + std::string(crypto::describe(written.error())),
        "name another folder"));
  }
  print_public(session, key, options.file);
  if (!session.globals.json) {
    session.out << '\n'
                << terminal_qr(upper(log::reserve_key_text(key.public_key().bytes()))) << '\n'
                << "The line above is public: give it to whoever runs the node.\n"
                << "The key itself is in " << printable(options.file)
                << ", under your passphrase.\n";
  }
  session.hint("print the key as well, because files and passphrases get lost: `moot keys print " +
               options.file + "`");
  return ExitCode::done;
}

Ran run_print(Session& session, const PrintOptions& options) {
  const auto key = open_officer_key(session, options.source);
  if (!key) return fail(key.error());
  RecoverySheet sheet =
      make_sheet(options.name.empty() ? "an officer's key" : options.name, "", *key);
  Ran ran = ExitCode::done;
  if (!options.svg.empty()) {
    std::string svg = sheet_svg(sheet);
    const auto written = write_new_file(options.svg, svg, secret_mode, "the sheet");
    wipe_text(svg);
    if (!written) ran = fail(written.error());
  }
  if (ran && session.globals.json) {
    Json document = {{"key", log::reserve_key_text(key->public_key().bytes())}};
    if (options.svg.empty()) {
      document["words"] = sheet.words;
      document["code"] = sheet.code;
    } else {
      document["svg"] = options.svg;
    }
    session.out << json_text(document) << '\n';
  } else if (ran && options.svg.empty()) {
    session.out << sheet_text(sheet);
  } else if (ran) {
    session.out << "The sheet is in " << printable(options.svg)
                << ". Print it, then remove the file: it is the key itself.\n";
  }
  wipe_sheet(sheet);
  return ran;
}

Ran run_public(Session& session, const KeySource& source) {
  const auto key = open_officer_key(session, source);
  if (!key) return fail(key.error());
  print_public(session, *key, {});
  return ExitCode::done;
}

/// Does this key sign what nobody could have foreseen?
bool signs_a_challenge(const crypto::SigningKey& key) {
  FixedBytes<32> challenge{};
  crypto::random_bytes(challenge);
  return key.public_key().verify_use("drill", challenge, key.sign_use("drill", challenge));
}

/// Notes the day, for whoever's key it is.
void note_drill(Officers& officers, const crypto::PublicKeyBytes& key) {
  for (auto* list : {&officers.officers, &officers.known}) {
    for (Officer& officer : *list) {
      if (officer.key == key) officer.last_drill = today();
    }
  }
  if (officers.find(key) == nullptr && officers.known.size() < limits::reserve_keys_max) {
    officers.known.push_back(
        {.name = {}, .key = key, .role = {}, .until = {}, .note = {}, .last_drill = today()});
  }
}

Ran run_drill(Session& session, const KeySource& source) {
  const config::Paths paths = session.paths();
  const auto store = open_store(paths);
  if (!store) return fail(store.error());
  const auto own = find_organisation(**store, {});
  if (!own) return fail(own.error());
  const auto identity = (*store)->identity(*own);
  if (!identity) return fail(failed("the store holds no keys of this organisation", ""));
  auto officers = load_officers(paths);
  if (!officers) return fail(officers.error());
  const auto key = open_officer_key(session, source);
  if (!key) return fail(key.error());

  const auto& public_key = key->public_key().bytes();
  const auto& digests = identity->newest().establish.next_digests;
  const bool is_officer =
      std::find(digests.begin(), digests.end(), log::reserve_digest(public_key)) != digests.end();
  if (!is_officer || !signs_a_challenge(*key)) {
    return fail(Error{.code = "verification-failed",
                      .message = "this key is none of those that decide today",
                      .hint = "`moot officers list` shows who does",
                      .problems = {}});
  }
  note_drill(*officers, public_key);
  const auto saved = save_officers(paths, *officers);
  if (!saved) return fail(saved.error());
  const Officer* officer = officers->find(public_key);
  if (session.globals.json) {
    session.out << json_text(Json{{"key", log::reserve_key_text(public_key)},
                                  {"name", officer == nullptr ? "" : officer->name},
                                  {"date", today()}})
                << '\n';
  } else {
    const bool has_name = officer != nullptr && !officer->name.empty();
    session.out << "The key " << (has_name ? "of " + printable(officer->name) + " " : "")
                << "works. Noted for today, " << today() << ".\n";
  }
  return ExitCode::done;
}

void add_make(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<MakeOptions>();
  CLI::App& app = registry.add_below(
      group, "make",
      "Makes an officer's key in a new file under a passphrase. Works on any machine, without a "
      "node. Shows\n"
      "the public half, which is given to whoever runs the node.",
      "  moot keys make ann.key",
      [options](Session& session) { return run_make(session, *options); });
  app.add_option("file", options->file, "The new file")->required()->type_name("FILE");
  app.add_option("--passphrase-file", options->passphrase_file,
                 "Take the passphrase from the first line of this file")
      ->type_name("FILE");
}

void add_print(Registry& registry, CLI::App& group) {
  const auto options = std::make_shared<PrintOptions>();
  CLI::App& app = registry.add_below(
      group, "print",
      "Shows an officer's key as words and as a QR code, for paper. It is the secret itself.",
      "  moot keys print ann.key --svg ann.svg",
      [options](Session& session) { return run_print(session, *options); });
  app.add_option("file", options->source.file, "The key file")->required()->type_name("FILE");
  app.add_option("--passphrase-file", options->source.passphrase_file,
                 "Take the passphrase from the first line of this file")
      ->type_name("FILE");
  app.add_option("--name", options->name, "Whose it is, for the heading")->type_name("NAME");
  app.add_option("--svg", options->svg, "Write a page to print instead of showing it")
      ->type_name("FILE");
}

}  // namespace

void add_keys_officer(Registry& registry, CLI::App& group) {
  add_make(registry, group);
  add_print(registry, group);

  const auto source = std::make_shared<KeySource>();
  CLI::App& shown =
      registry.add_below(group, "public", "Shows the public half of an officer's key.",
                         "  moot keys public ann.key\n  moot keys public --words",
                         [source](Session& session) { return run_public(session, *source); });
  shown.add_option("file", source->file, "The key file, or the file of a recovery sheet")
      ->type_name("FILE");
  add_key_options(shown, *source);

  const auto drilled = std::make_shared<KeySource>();
  CLI::App& drill = registry.add_below(
      group, "drill",
      "Tries whether an officer's key is at hand and is one of those that decide today, and notes "
      "the day\n"
      "here. Once a year shows in time that a sheet or a passphrase is lost.",
      "  moot keys drill --words\n  moot keys drill --key ann.key",
      [drilled](Session& session) { return run_drill(session, *drilled); });
  add_key_options(drill, *drilled);
}

}  // namespace moot::command
