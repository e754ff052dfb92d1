#pragma once
#include <sys/types.h>

#include <optional>
#include <string>

namespace moot::node {

/// The group `moot` of this machine, whose members may talk to the node; nullopt without one.
std::optional<gid_t> moot_group();

/// May the process at the other end of a local socket talk to the node? Only one of our own user,
/// of root, or of a member of `group`, as the kernel says it (unix(7), SO_PEERCRED, SO_PEERGROUPS).
/// `group` nullopt: the socket belongs to its owner alone.
bool is_allowed(int socket, std::optional<gid_t> group);

}  // namespace moot::node
