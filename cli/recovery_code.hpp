#pragma once
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "crypto/signing.hpp"
#include "log/fault.hpp"

namespace moot::command {

/// The seed of a reserve key as one code: Bech32m under `mootr`, in sixteen groups of four, so that
/// any slip of the pen is caught (docs/cli.md, Recovery sheet). It is the secret itself.
std::string recovery_code(const crypto::SigningKey& reserve_key);

/// The key again. Spaces, hyphens and line ends are of no account, nor is the case. bad_checksum
/// when it was mistyped, bad_text when it is no recovery code.
Result<crypto::SigningKey, log::Fault> read_recovery_code(std::string_view text);

/// The key in whatever an officer has of a recovery sheet: the file of one, its words (log/words)
/// or its code. Errors: "usage", saying which word is wrong and what was probably meant.
Result<crypto::SigningKey, Error> read_recovery(std::string_view text);

/// Wipes a text that held a secret, and empties it.
void wipe_text(std::string& text);

}  // namespace moot::command
