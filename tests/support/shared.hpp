#pragma once
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>

namespace moot::test {

/// The folder of vectors and real records that stands beside the project: $MOOT_SHARED, else
/// ../shared; none on a machine without it, and then what needs it is skipped.
std::optional<std::filesystem::path> shared_folder();

/// The project's own folder.
std::filesystem::path source_folder();

std::string read_file(const std::filesystem::path& path);
nlohmann::json read_json(const std::filesystem::path& path);

/// A folder under the system's temporary one that is removed with this object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace moot::test
