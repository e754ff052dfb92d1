#pragma once
#include <string>

#include "base/result.hpp"
#include "crypto/signing.hpp"
#include "log/fault.hpp"

namespace moot::command {

/// The seed of a reserve key as text for paper: Bech32m under `mootr`, in sixteen groups of four,
/// so that any slip of the pen is caught (docs/cli.md, Recovery code). It is the secret itself.
std::string recovery_code(const crypto::SigningKey& reserve_key);

/// The key again. Spaces, hyphens and line ends are of no account, nor is the case. bad_checksum
/// when it was mistyped, bad_text when it is no recovery code.
Result<crypto::SigningKey, log::Fault> read_recovery_code(std::string_view text);

}  // namespace moot::command
