#pragma once
#include "command/registry.hpp"

/// The commands below `moot keys`, by who uses them.
namespace moot::command {

/// make, print, public, drill: an officer, with the key.
void add_keys_officer(Registry& registry, CLI::App& group);
/// sign: an officer, with the key and a request.
void add_keys_sign(Registry& registry, CLI::App& group);
/// rotate, cancel: whoever runs the node.
void add_keys_rotate(Registry& registry, CLI::App& group);
/// apply: the same.
void add_keys_apply(Registry& registry, CLI::App& group);

}  // namespace moot::command
