#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "store/environment.hpp"
#include "store/folder.hpp"
#include "store/state.hpp"

/// Copies without freed pages: what was destroyed is in none of them.
namespace moot::store {

bool sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return false;
  const bool synced = fsync(file) == 0;
  ::close(file);
  return synced;
}

/// Answers 0 or the error. The file must not be there, and is durable (but for its name) after 0.
int Environment::copy_into(const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return errno;
  int result = mdb_env_copyfd2(environment_, file, MDB_CP_COMPACT);
  if (result == 0 && fsync(file) != 0) result = errno;
  if (::close(file) != 0 && result == 0) result = errno;
  return result;
}

std::size_t Environment::last_transaction() const {
  MDB_envinfo info = {};
  mdb_env_info(environment_, &info);
  return info.me_last_txnid;
}

Result<Done, Fault> Environment::compact() {
  if (read_only_) return fail(Fault::bad_job);
  const std::filesystem::path copy = folder_ / compacted_name;
  std::error_code error;
  std::filesystem::remove(copy, error);
  int result = 0;
  std::size_t copied = 0;
  {
    const ReadTransaction open(*this);  // nobody closes it meanwhile; a larger map is adopted
    copied = open.error() != 0 ? 0 : last_transaction();
    result = open.error() != 0 ? open.error() : copy_into(copy);
  }
  if (result != 0) {
    const Fault fault = fault_of(result, bytes_on_disk());
    std::filesystem::remove(copy, error);
    return fail(fault);
  }

  const Alone alone(*this);
  if (last_transaction() != copied) {  // somebody has written meanwhile, who must not
    std::filesystem::remove(copy, error);
    return fail(Fault::bad_job);
  }
  close();
  std::filesystem::rename(copy, folder_ / data_name, error);
  const bool is_renamed = !error;
  if (is_renamed) {
    // The lock file counts transactions of the old file. Whoever else still reads that one goes on
    // with both of them; the new file gets a lock of its own.
    std::filesystem::remove(folder_ / lock_name, error);
  } else {
    std::filesystem::remove(copy, error);
  }
  const bool is_durable = sync_folder(folder_);
  const auto started = start();
  if (!started) return started;
  const auto opened = open_tables(false);
  if (!opened) {
    close();
    return opened;
  }
  if (!is_renamed || !is_durable) return fail(Fault::io_error);
  return Done{};
}

Result<Done, Fault> Environment::copy_to(const std::filesystem::path& folder) {
  if (mkdir(folder.c_str(), 0700) != 0) {
    if (errno == EEXIST) return fail(Fault::bad_job);
    return fail(errno == ENOSPC || errno == EDQUOT ? Fault::disk_full : Fault::io_error);
  }
  int result = 0;
  {
    const ReadTransaction open(*this);
    result = open.error() != 0 ? open.error() : copy_into(folder / data_name);
  }
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::absolute(folder, error).parent_path();
  if (result == 0 && !(sync_folder(folder) && sync_folder(parent))) result = EIO;
  if (result == 0) return Done{};
  const Fault fault = fault_of(result, bytes_on_disk());
  std::filesystem::remove_all(folder, error);
  return fail(fault);
}

Result<Done, Fault> Store::compact() { return state_->environment->compact(); }

Result<Done, Fault> Store::copy_to(const std::filesystem::path& folder) const {
  return state_->environment->copy_to(folder);
}

}  // namespace moot::store
