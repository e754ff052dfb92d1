#pragma once
#include <filesystem>
#include <memory>

#include "base/problem.hpp"
#include "log/bundle_reader.hpp"

/// Bundles as files.
namespace moot::command {

/// Does this file begin as a bundle does? False when it cannot be read.
bool is_bundle_file(const std::filesystem::path& path);
/// "not-found" when there is no such file, "verification-failed" when it is damaged.
Result<std::unique_ptr<log::BundleReader>, Error> open_bundle(const std::filesystem::path& path);

/// A new file that is written piece by piece, and gone again unless commit() succeeded.
class NewFile {
 public:
  /// Never over one that is there. `mode` as of chmod.
  static Result<NewFile, Error> create(const std::filesystem::path& path, unsigned mode);
  ~NewFile();
  NewFile(NewFile&& other) noexcept;
  NewFile& operator=(NewFile&&) = delete;

  /// False when the disk refuses; error() tells why then.
  bool write(ByteView bytes);
  /// Durable, with its name.
  Result<Done, Error> commit();
  Error error() const;

 private:
  NewFile(int descriptor, std::filesystem::path path)
      : descriptor_(descriptor), path_(std::move(path)) {}

  int descriptor_;
  std::filesystem::path path_;
  int error_number_ = 0;
};

}  // namespace moot::command
