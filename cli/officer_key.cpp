#include "command/officer_key.hpp"

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <sstream>
#include <system_error>

#include "base/limits.hpp"
#include "command/recovery_code.hpp"
#include "command/replace_file.hpp"
#include "command/terminal.hpp"
#include "command/text_file.hpp"
#include "crypto/encoding.hpp"
#include "crypto/hash.hpp"
#include "crypto/reserve_key.hpp"
#include "log/words.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

constexpr unsigned list_mode = 0600;
constexpr std::size_t typed_bytes_max = 16 * limits::KiB;  // 27 words with much white space

Error usage(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Result<std::string, Error> typed_words(const Session& session) {
  if (!can_ask(session)) return read_stream(std::cin, typed_bytes_max);
  session.err << "Type the 27 words of the sheet (or its code); an empty line ends them.\n";
  std::string text;
  while (text.size() < typed_bytes_max) {
    auto line = ask(session, ">");
    if (!line || line->empty()) break;
    text += *line + "\n";
    wipe_text(*line);
  }
  return text;
}

Error cannot_open(const std::string& file, crypto::Fault fault, int error_number) {
  if (fault == crypto::Fault::cannot_read_file) {
    const bool is_absent = error_number == ENOENT || error_number == ENOTDIR;
    return {.code = is_absent ? "not-found" : "failed",
            .message = is_absent ? "there is no key file " + file
                                 : "cannot read " + file + ": " +
                                       std::system_category().message(error_number),
            .hint = {},
            .problems = {}};
  }
  Error error = usage(file + ": " + std::string(crypto::describe(fault)),
                      "name an officer's key file (`moot keys make` writes them) or the file of a "
                      "recovery sheet");
  if (fault == crypto::Fault::wrong_passphrase) {
    error.hint = "try again; if it is lost, the printed sheet is the same key: --words";
  }
  if (fault == crypto::Fault::no_memory) error.hint = "use a machine with more memory";
  return error;
}

Result<crypto::SigningKey, Error> open_file(const Session& session, const KeySource& source) {
  errno = 0;
  const auto sealed = crypto::read_reserve_key_file(source.file);
  if (!sealed && sealed.error() == crypto::Fault::unknown_format) {
    // Perhaps the file of a recovery sheet.
    auto text = read_text_file(source.file, limits::officers_file_bytes_max);
    if (text && text->starts_with("moot/recovery/v1\n")) {
      auto key = read_recovery(*text);
      wipe_text(*text);
      return key;
    }
  }
  if (!sealed) return fail(cannot_open(source.file, sealed.error(), errno));
  auto passphrase = get_passphrase(session, source.passphrase_file, /*is_new=*/false);
  if (!passphrase) return fail(passphrase.error());
  auto key = crypto::open_reserve_key(*sealed, *passphrase);
  wipe_text(*passphrase);
  if (!key) return fail(cannot_open(source.file, key.error(), 0));
  return std::move(*key);
}

/// The user's own folder for what programs remember (XDG base directory specification).
fs::path state_folder() {
  const char* state = std::getenv("XDG_STATE_HOME");
  if (state != nullptr && fs::path(state).is_absolute()) return fs::path(state) / "moot";
  const char* home = std::getenv("HOME");
  return fs::path(home == nullptr ? "/" : home) / ".local" / "state" / "moot";
}

std::string id_text(const log::EstablishRequest& request) {
  return crypto::to_hex(log::event_id(request.body));
}

}  // namespace

void add_key_options(CLI::App& app, KeySource& source) {
  app.add_option("--key", source.file, "The officer's key file, or the file of a recovery sheet")
      ->type_name("FILE");
  app.add_flag("--words", source.words,
               "The words of a recovery sheet: asked for, or from standard input");
  app.add_option("--passphrase-file", source.passphrase_file,
                 "Take the key file's passphrase from the first line of this file")
      ->type_name("FILE");
}

Result<crypto::SigningKey, Error> open_officer_key(const Session& session,
                                                   const KeySource& source) {
  if (source.words == !source.file.empty()) {
    return fail(usage(source.words ? "both a key file and words were given" : "no key was given",
                      "name a key file with --key FILE, or use the printed sheet with --words"));
  }
  if (!source.words) return open_file(session, source);
  auto text = typed_words(session);
  if (!text) return fail(text.error());
  auto key = read_recovery(*text);
  wipe_text(*text);
  return key;
}

SignedList::SignedList(const KeySource& source, const crypto::PublicKeyBytes& key) {
  if (!source.words) {
    path_ = source.file + ".signed";
    return;
  }
  path_ = state_folder() / ("signed-" + crypto::to_hex(log::reserve_digest(key)).substr(0, 16));
}

Result<bool, Error> SignedList::has_other(const log::EstablishRequest& request) const {
  const auto text = read_text_file(path_, limits::signed_list_bytes_max);
  if (!text && text.error().code == "not-found") return false;
  if (!text) return fail(text.error());
  std::istringstream lines(*text);
  for (std::string organisation, seq, id; lines >> organisation >> seq >> id;) {
    if (organisation == log::to_text(request.event.organisation) &&
        seq == std::to_string(request.event.seq) && id != id_text(request)) {
      return true;
    }
  }
  return false;
}

Result<Done, Error> SignedList::add(const log::EstablishRequest& request) const {
  auto text = read_text_file(path_, limits::signed_list_bytes_max);
  if (!text && text.error().code != "not-found") return fail(text.error());
  std::string all = text ? std::move(*text) : std::string();
  const std::string line = log::to_text(request.event.organisation) + " " +
                           std::to_string(request.event.seq) + " " + id_text(request) + "\n";
  if (all.find(line) != std::string::npos) return Done{};
  std::error_code ignored;  // what cannot be made is told of by the write
  if (path_.has_parent_path()) fs::create_directories(path_.parent_path(), ignored);
  return replace_file(path_, all + line, list_mode, "what this key has signed,");
}

}  // namespace moot::command
