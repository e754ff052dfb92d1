#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"

namespace moot::command {

/// A folder in which something is made before it takes its place, all or nothing. Unless commit()
/// succeeded, the folder and the parents made for it are gone with this object.
class Staging {
 public:
  /// For a `target` that is not there, or is an empty folder. Missing parents are made, for this
  /// user alone.
  static Result<Staging, Error> begin(const std::filesystem::path& target);
  ~Staging();
  Staging(Staging&& other) noexcept;
  Staging& operator=(Staging&&) = delete;

  const std::filesystem::path& folder() const { return folder_; }
  /// Puts what was made in its place. `items`, in this order, is everything that is in the folder;
  /// a folder comes first, so that of two that do this at once the second fails.
  Result<Done, Error> commit(const std::vector<std::string>& items);

 private:
  explicit Staging(std::filesystem::path target) : target_(std::move(target)) {}
  Result<Done, Error> make_parents();
  Result<Done, Error> move_items(const std::vector<std::string>& items);
  void remove_all();

  std::filesystem::path target_;
  std::filesystem::path folder_;
  bool is_inside_target_ = false;
  bool is_committed_ = false;
  std::vector<std::filesystem::path> made_parents_;  // outermost first
};

}  // namespace moot::command
