#pragma once
#include <filesystem>

/// Internal: the names in a store's folder, and their safety.
namespace moot::store {

inline constexpr const char* data_name = "data.mdb";
inline constexpr const char* lock_name = "lock.mdb";
/// A compacted copy that is being written, before it takes the place of the data.
inline constexpr const char* compacted_name = "data.mdb.new";

/// So that a name made in a folder survives a power cut.
bool sync_folder(const std::filesystem::path& folder);

}  // namespace moot::store
