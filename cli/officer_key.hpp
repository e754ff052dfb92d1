#pragma once
#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>

#include "command/session.hpp"
#include "crypto/signing.hpp"
#include "log/rotation.hpp"

/// An officer's key on the officer's own machine: where it comes from, and what it has signed.
namespace moot::command {

/// Where the key is: a file that a passphrase seals or the file of a recovery sheet, or words.
struct KeySource {
  std::string file;
  bool words = false;
  std::string passphrase_file;
};
/// `--key`, `--words` and `--passphrase-file`.
void add_key_options(CLI::App& app, KeySource& source);
/// Errors: "usage" for no source or two, a wrong word, a wrong passphrase; "not-found".
Result<crypto::SigningKey, Error> open_officer_key(const Session& session, const KeySource& source);

/// What this key has signed: a line `organisation seq event-id` for each, in a list beside the
/// key's file (FILE.signed), or for typed words in the user's own folder. An officer who signs two
/// different changes of one number lets the organisation come apart, so that a second is refused.
class SignedList {
 public:
  SignedList(const KeySource& source, const crypto::PublicKeyBytes& key);
  /// Whether another change of the same number was signed.
  Result<bool, Error> has_other(const log::EstablishRequest& request) const;
  /// Notes it, durable before it answers; once only.
  Result<Done, Error> add(const log::EstablishRequest& request) const;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace moot::command
