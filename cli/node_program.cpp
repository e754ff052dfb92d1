#include "command/node_program.hpp"

#include <unistd.h>

#include <filesystem>
#include <system_error>

namespace moot::command {

std::string node_program() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return "mootd";
  const std::filesystem::path node = self.parent_path() / "mootd";
  return ::access(node.c_str(), X_OK) == 0 ? node.string() : "mootd";
}

}  // namespace moot::command
