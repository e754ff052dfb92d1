#pragma once
#include <filesystem>
#include <iosfwd>
#include <string>

#include "base/problem.hpp"
#include "base/result.hpp"

namespace moot::command {

/// The whole of a file, or an error for people: "not-found" when it is not there, "refused" when it
/// holds more than `bytes_max` (read no further), "failed" for a folder or what cannot be read.
Result<std::string, Error> read_text_file(const std::filesystem::path& path, std::size_t bytes_max);
/// The same of standard input.
Result<std::string, Error> read_stream(std::istream& from, std::size_t bytes_max);

/// Writes a new file with this mode, synced with its folder; never over one that is there. `what`
/// names it in errors.
Result<Done, Error> write_new_file(const std::filesystem::path& path, const std::string& text,
                                   unsigned mode, const std::string& what);

/// Syncs a folder, so that names made in it last.
bool sync_folder(const std::filesystem::path& folder);

}  // namespace moot::command
