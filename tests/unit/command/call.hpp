#pragma once
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "command/run.hpp"
#include "support/shared.hpp"

namespace moot::command {

/// What one call of `moot` gave.
struct Called {
  int code = -1;
  std::string out;
  std::string err;
};

/// Calls `moot` in this process.
inline Called call(const std::vector<std::string>& arguments) {
  std::ostringstream out;
  std::ostringstream err;
  Called called;
  called.code = run(arguments, out, err);
  called.out = out.str();
  called.err = err.str();
  return called;
}

inline nlohmann::json json_of(const std::string& text) {
  return nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
}

/// A folder for homes, and `moot` called with --home below it.
class CommandTest : public testing::Test {
 protected:
  std::string home(const std::string& name = "home") const {
    return (folder_.path() / name).string();
  }
  std::filesystem::path folder() const { return folder_.path(); }
  Called call_at_home(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--home", home()});
    return call(arguments);
  }
  /// Every name under the folder: what a failed command must have left as it was.
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& item : std::filesystem::recursive_directory_iterator(folder_.path())) {
      found.push_back(item.path().string());
    }
    std::sort(found.begin(), found.end());
    return found;
  }

 private:
  test::TemporaryFolder folder_;
};

}  // namespace moot::command
