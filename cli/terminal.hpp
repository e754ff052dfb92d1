#pragma once
#include <optional>
#include <string>

#include "command/session.hpp"

/// Talking with the person at the keyboard. A question goes to standard error, so that the answer
/// of the command can be kept in a file.
namespace moot::command {

/// Is somebody there to be asked: a terminal to read from and one to write on?
bool can_ask(const Session& session);

enum class Echo { on, off };
/// One line as typed, without its line feed; nullopt at the end of the input. With echo off the
/// terminal does not show it.
std::optional<std::string> ask(const Session& session, const std::string& question,
                               Echo echo = Echo::on);
/// "yes" or "y" in any case.
bool ask_yes(const Session& session, const std::string& question);

/// The passphrase that seals an officer's key: the first line of the file when one is named, else
/// asked for, twice for a new one. Wipe it after use. Errors: "usage" when nobody can be asked, it
/// is empty or too long, or the two differ.
Result<std::string, Error> get_passphrase(const Session& session, const std::string& file,
                                          bool is_new);

}  // namespace moot::command
