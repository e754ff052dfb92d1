#pragma once
#include <filesystem>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"

namespace moot::command {

/// Puts a text in the place of a file, or makes it: whole, synced, and never half of it. `what`
/// names it in errors ("failed", "disk-full"), after which the file is as it was.
Result<Done, Error> replace_file(const std::filesystem::path& path, const std::string& text,
                                 unsigned mode, const std::string& what);

}  // namespace moot::command
