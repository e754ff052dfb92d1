#include "store/environment.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/check.hpp"
#include "crypto/secret.hpp"
#include "store/folder.hpp"

namespace moot::store {

namespace {

constexpr std::uint64_t map_bytes_first = 64 * limits::MiB;
constexpr std::uint64_t map_step_max = 1024 * limits::MiB;
constexpr unsigned readers_max = 512;  // a slot is 64 bytes; far more than threads that read

/// LMDB answers EIO for a write that was cut short, which is how most full disks show first: asks
/// the file system whether it would take the bytes.
bool has_room(const std::filesystem::path& folder, std::uint64_t bytes) {
  struct stat data = {};
  rlimit limit = {};
  const bool is_known =
      stat((folder / "data.mdb").c_str(), &data) == 0 && getrlimit(RLIMIT_FSIZE, &limit) == 0;
  if (is_known && limit.rlim_cur != RLIM_INFINITY &&
      static_cast<std::uint64_t>(data.st_size) + bytes > limit.rlim_cur) {
    return false;
  }
  const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file < 0) return errno != ENOSPC && errno != EDQUOT;
  const int result = posix_fallocate(file, 0, static_cast<off_t>(bytes));
  ::close(file);
  return result != ENOSPC && result != EDQUOT && result != EFBIG;
}

}  // namespace

Environment::Alone::Alone(Environment& environment) : environment_(environment) {
  const MutexLock lock(environment.mutex_);
  while (environment.is_closed_) environment.changed_.wait(environment.mutex_);
  environment.is_closed_ = true;
  while (environment.readers_ > 0 || environment.is_writing_) {
    environment.changed_.wait(environment.mutex_);
  }
}

Environment::Alone::~Alone() {
  const MutexLock lock(environment_.mutex_);
  environment_.is_closed_ = false;
  environment_.changed_.notify_all();
}

MDB_txn* Environment::enter_read() {
  const MutexLock lock(mutex_);
  while (is_closed_) changed_.wait(mutex_);
  ++readers_;
  if (idle_.empty()) return nullptr;
  MDB_txn* transaction = idle_.back();
  idle_.pop_back();
  return transaction;
}

void Environment::leave_read(MDB_txn* idle) {
  const MutexLock lock(mutex_);
  if (idle != nullptr) idle_.push_back(idle);
  if (--readers_ == 0 && is_closed_) changed_.notify_all();
}

void Environment::enter_write() {
  const MutexLock lock(mutex_);
  while (is_closed_) changed_.wait(mutex_);
  MOOT_CHECK(!is_writing_);
  is_writing_ = true;
}

void Environment::leave_write() {
  const MutexLock lock(mutex_);
  is_writing_ = false;
  if (is_closed_) changed_.notify_all();
}

Result<std::unique_ptr<Environment>, Fault> Environment::open(const std::filesystem::path& folder,
                                                              const OpenOptions& options) {
  if (options.read_only && options.create) return fail(Fault::bad_job);
  std::error_code error;
  const bool is_new = !std::filesystem::exists(folder / "data.mdb", error);
  if (is_new && !options.create) return fail(Fault::not_a_store);
  const std::filesystem::path parent = std::filesystem::absolute(folder, error).parent_path();
  if (is_new) {
    std::filesystem::create_directories(parent, error);
    if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) {
      return fail(errno == ENOSPC || errno == EDQUOT ? Fault::disk_full : Fault::io_error);
    }
  }
  // Of a compaction that was cut off; the old file is whole.
  if (!options.read_only) std::filesystem::remove(folder / compacted_name, error);
  std::unique_ptr<Environment> environment(new Environment(folder, options.read_only));
  const auto started = environment->start();
  if (!started) return fail(started.error());
  const auto opened = environment->open_tables(options.create);
  if (!opened) return fail(opened.error());
  if (is_new && !(sync_folder(folder) && sync_folder(parent))) {
    return fail(Fault::io_error);
  }
  environment->check_readers();
  return environment;
}

Environment::~Environment() { close(); }

void Environment::close() {
  const MutexLock lock(mutex_);
  for (MDB_txn* transaction : idle_) mdb_txn_abort(transaction);
  idle_.clear();
  if (environment_ != nullptr) mdb_env_close(environment_);
  environment_ = nullptr;
}

Result<Done, Fault> Environment::start() {
  int result = mdb_env_create(&environment_);
  if (result != 0) return fail(Fault::io_error);
  std::error_code error;
  const bool is_new = !std::filesystem::exists(folder_ / "data.mdb", error);
  if (is_new) mdb_env_set_mapsize(environment_, map_bytes_first);
  mdb_env_set_maxdbs(environment_, table_count);
  mdb_env_set_maxreaders(environment_, readers_max);
  unsigned flags = MDB_NOTLS;
  if (read_only_) {
    flags |= MDB_RDONLY;
    // A folder that may not be written has no writer either (LMDB itself sees to read-only media).
    if (access((folder_ / "lock.mdb").c_str(), W_OK) != 0 && access(folder_.c_str(), W_OK) != 0) {
      flags |= MDB_NOLOCK;
    }
  }
  result = mdb_env_open(environment_, folder_.c_str(), flags, 0600);
  if (result != 0) {
    const Fault fault = fault_of(result, map_bytes_first);
    mdb_env_close(environment_);
    environment_ = nullptr;
    return fail(fault);
  }
  // Pages beyond the end of a file that was cut short would end the program when they are touched.
  MDB_envinfo info = {};
  MDB_stat statistics = {};
  mdb_env_info(environment_, &info);
  mdb_env_stat(environment_, &statistics);
  const auto file_bytes = std::filesystem::file_size(folder_ / "data.mdb", error);
  if (error || file_bytes < (info.me_last_pgno + 1) * statistics.ms_psize) {
    mdb_env_close(environment_);
    environment_ = nullptr;
    return fail(Fault::corrupt);
  }
  if (!read_only_ && info.me_mapsize < map_bytes_first) {
    mdb_env_set_mapsize(environment_, map_bytes_first);
  }
  return Done{};
}

/// The format that the table `meta` names; MDB_NOTFOUND when it names none.
Result<std::uint32_t, int> Environment::read_format(MDB_txn* transaction) {
  std::string name = "format";
  MDB_val key = {name.size(), name.data()};
  MDB_val value = {};
  const int result =
      mdb_get(transaction, tables_[static_cast<std::size_t>(Table::meta)], &key, &value);
  if (result != 0) return fail(result);
  Reader in({static_cast<const std::uint8_t*>(value.mv_data), value.mv_size});
  const std::uint32_t version = in.u32();
  if (!in.finished() || version == 0) return fail(MDB_CORRUPTED);
  return version;
}

namespace {

int put_meta(MDB_txn* transaction, MDB_dbi meta, std::string name, Bytes bytes) {
  MDB_val key = {name.size(), name.data()};
  MDB_val value = {bytes.size(), bytes.data()};
  return mdb_put(transaction, meta, &key, &value, 0);
}

}  // namespace

Result<Done, Fault> Environment::open_tables(bool create) {
  MDB_txn* transaction = nullptr;
  int result = mdb_txn_begin(environment_, nullptr, read_only_ ? MDB_RDONLY : 0, &transaction);
  if (result != 0) return fail(fault_of(result, 0));
  const auto give_up = [&](Fault fault) {
    mdb_txn_abort(transaction);
    return fail(fault);
  };

  MDB_dbi& meta = tables_[static_cast<std::size_t>(Table::meta)];
  result = mdb_dbi_open(transaction, name_of(Table::meta), create ? MDB_CREATE : 0, &meta);
  if (result == MDB_NOTFOUND) return give_up(Fault::not_a_store);
  if (result != 0) return give_up(fault_of(result, limits::MiB));

  const Result<std::uint32_t, int> format = read_format(transaction);
  const bool is_new = !format && format.error() == MDB_NOTFOUND && create;
  if (!format && !is_new) {
    return give_up(format.error() == MDB_NOTFOUND ? Fault::not_a_store
                                                  : fault_of(format.error(), 0));
  }
  if (format && *format > format_version) return give_up(Fault::newer_format);
  if (is_new) {
    FixedBytes<16> salt{};
    crypto::random_bytes(salt);
    result = put_meta(transaction, meta, "salt", to_bytes(salt));
    if (result != 0) return give_up(fault_of(result, limits::MiB));
  }
  const bool is_older = format && *format < format_version;
  if (is_new || (is_older && !read_only_)) {
    result = put_meta(transaction, meta, "format", Writer().u32(format_version).take());
    if (result != 0) return give_up(fault_of(result, limits::MiB));
  }

  for (std::size_t i = 0; i < table_count; ++i) {
    const bool is_added = is_older && i >= table_count_format_1;
    tables_[i] = no_table;
    if (is_added && read_only_) continue;
    result = mdb_dbi_open(transaction, name_of(static_cast<Table>(i)),
                          is_new || is_added ? MDB_CREATE : 0, &tables_[i]);
    if (result == MDB_NOTFOUND) return give_up(Fault::corrupt);
    if (result != 0) return give_up(fault_of(result, limits::MiB));
  }
  result = mdb_txn_commit(transaction);
  if (result != 0) return fail(fault_of(result, limits::MiB));
  return Done{};
}

Result<Done, Fault> Environment::make_room(std::uint64_t bytes) {
  if (environment_ == nullptr) return Done{};  // the transaction will say so
  MDB_envinfo info = {};
  MDB_stat statistics = {};
  mdb_env_info(environment_, &info);
  mdb_env_stat(environment_, &statistics);
  const std::uint64_t used = (info.me_last_pgno + 1) * statistics.ms_psize;
  std::uint64_t map = info.me_mapsize;
  while (map - std::min(used, map) < bytes) map += std::min(map, map_step_max);
  if (map == info.me_mapsize) return Done{};
  const Alone alone(*this);
  const int result = mdb_env_set_mapsize(environment_, map);
  if (result != 0) return fail(result == ENOMEM ? Fault::disk_full : fault_of(result, 0));
  return Done{};
}

Result<Done, Fault> Environment::reopen() {
  const Alone alone(*this);
  close();
  const auto started = start();
  if (!started) return started;
  auto opened = open_tables(false);
  if (!opened) close();
  return opened;
}

int Environment::adopt_map_size() {
  const Alone alone(*this);
  return environment_ == nullptr ? MDB_PANIC : mdb_env_set_mapsize(environment_, 0);
}

void Environment::check_readers() {
  int dead = 0;
  if (environment_ != nullptr) mdb_reader_check(environment_, &dead);
}

Fault Environment::fault_of(int error, std::uint64_t bytes) const {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG:
    case MDB_MAP_FULL:
      return Fault::disk_full;
    case EIO:
      return bytes > 0 && !has_room(folder_, bytes) ? Fault::disk_full : Fault::io_error;
    case MDB_CORRUPTED:
    case MDB_PAGE_NOTFOUND:
    case MDB_BAD_TXN:
    case MDB_BAD_VALSIZE:
      return Fault::corrupt;
    case MDB_INVALID:
      return Fault::not_a_store;
    case MDB_VERSION_MISMATCH:
      return Fault::newer_format;
    default:
      return Fault::io_error;
  }
}

std::uint64_t Environment::bytes_on_disk() const {
  struct stat data = {};
  if (stat((folder_ / "data.mdb").c_str(), &data) != 0) return 0;
  return static_cast<std::uint64_t>(data.st_blocks) * 512;
}

std::uint64_t Environment::map_bytes() const {
  MDB_envinfo info = {};
  if (environment_ != nullptr) mdb_env_info(environment_, &info);
  return info.me_mapsize;
}

}  // namespace moot::store
