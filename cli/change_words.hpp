#pragma once
#include <iosfwd>

#include "command/json_text.hpp"
#include "log/rotation.hpp"

/// What a change of keys means, for those who are to agree to it.
namespace moot::command {

/// In plain words: whose it is, who decides from now on and by which keys, new or
/// known, how many nodes speak for it, which entries the organisation goes on
/// standing by, and whose signatures are still missing. `own`: the reader's key, or null.
void print_change(std::ostream& to, const log::EstablishRequest& request,
                  const crypto::PublicKeyBytes* own);
Json change_json(const log::EstablishRequest& request);
/// 16 digits of what the log shows of a reserve key, in groups: enough to compare by eye, and too
/// many for a stranger to make a key that has the same.
std::string short_digest(const Hash& digest);
/// "2 more officers must sign", or that all have.
std::string missing_text(const log::EstablishRequest& request);

}  // namespace moot::command
