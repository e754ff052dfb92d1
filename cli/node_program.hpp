#pragma once
#include <string>

namespace moot::command {

/// The program `mootd`: beside this one, or by its name alone, to be found in PATH.
std::string node_program();

}  // namespace moot::command
