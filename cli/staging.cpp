#include "command/staging.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "command/text_file.hpp"

namespace moot::command {
namespace {

namespace fs = std::filesystem;

Error cannot_make(const fs::path& folder, int error_number) {
  Error error{.code = error_number == ENOSPC ? "disk-full" : "failed",
              .message = "cannot make " + folder.string() + ": " +
                         std::system_category().message(error_number),
              .hint = "name a folder that this user may make with --home",
              .problems = {}};
  if (error_number == ENOSPC) error.hint = "make room on the disk, then try again";
  return error;
}

}  // namespace

Result<Done, Error> Staging::make_parents() {
  std::vector<fs::path> missing;
  std::error_code error;
  for (fs::path parent = target_.parent_path(); !fs::exists(parent, error);
       parent = parent.parent_path()) {
    if (error || parent == parent.parent_path()) break;
    missing.push_back(parent);
  }
  for (auto parent = missing.rbegin(); parent != missing.rend(); ++parent) {
    if (::mkdir(parent->c_str(), 0700) == 0) {
      made_parents_.push_back(*parent);
    } else if (errno != EEXIST) {
      return fail(cannot_make(target_, errno));
    }
  }
  return Done{};
}

Result<Staging, Error> Staging::begin(const fs::path& target) {
  Staging staging(target);
  std::error_code error;
  staging.is_inside_target_ = fs::is_directory(target, error);
  const auto parents = staging.make_parents();
  if (!parents) return fail(parents.error());
  const fs::path beside = staging.is_inside_target_ ? target : target.parent_path();
  std::string pattern = (beside / ".moot-init-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) return fail(cannot_make(target, errno));  // mode 0700
  staging.folder_ = pattern;
  return staging;
}

Staging::Staging(Staging&& other) noexcept
    : target_(std::move(other.target_)),
      folder_(std::exchange(other.folder_, {})),
      is_inside_target_(other.is_inside_target_),
      is_committed_(std::exchange(other.is_committed_, true)),
      made_parents_(std::exchange(other.made_parents_, {})) {}

Staging::~Staging() {
  if (!is_committed_) remove_all();
}

void Staging::remove_all() {
  std::error_code ignored;  // nothing more can be done about a folder that cannot be removed
  if (!folder_.empty()) fs::remove_all(folder_, ignored);
  for (auto parent = made_parents_.rbegin(); parent != made_parents_.rend(); ++parent) {
    fs::remove(*parent, ignored);
  }
}

Result<Done, Error> Staging::move_items(const std::vector<std::string>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (std::rename((folder_ / items[i]).c_str(), (target_ / items[i]).c_str()) == 0) continue;
    const int error_number = errno;
    while (i-- > 0) {
      (void)std::rename((target_ / items[i]).c_str(), (folder_ / items[i]).c_str());
    }
    return fail(cannot_make(target_, error_number));
  }
  std::error_code ignored;
  fs::remove(folder_, ignored);
  return Done{};
}

Result<Done, Error> Staging::commit(const std::vector<std::string>& items) {
  (void)sync_folder(folder_);
  if (is_inside_target_) {
    auto moved = move_items(items);
    if (!moved) return moved;
    (void)sync_folder(target_);
  } else if (std::rename(folder_.c_str(), target_.c_str()) != 0) {
    return fail(cannot_make(target_, errno));
  }
  is_committed_ = true;
  (void)sync_folder(target_.parent_path());
  return Done{};
}

}  // namespace moot::command
