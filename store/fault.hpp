#pragma once
#include <string_view>

namespace moot::store {

/// Why a store did not do what it was asked. After any of them it holds what it held before.
enum class Fault {
  disk_full,       ///< no room on the file system, or over RLIMIT_FSIZE or a quota
  io_error,        ///< the system refused a read, a write or a sync
  corrupt,         ///< what was read back contradicts itself
  newer_format,    ///< written by a newer Moot
  not_a_store,     ///< no store at this path
  exists_already,  ///< an organisation was founded here before
  not_founded,     ///< no organisation of its own here yet
  not_contiguous,  ///< a range that does not begin at what is held (somebody else stored it first)
  contradiction,  ///< a size that was signed before with another root; the transaction is abandoned
  unknown_log,    ///< no identity stored for this organisation
  queue_full,     ///< as many publishes wait as may
  witnesses_full,  ///< as many witnesses are kept, of organisations that we do not follow, as may
  bad_job,         ///< refused before anything was written: empty, or over a limit
};

std::string_view describe(Fault fault);
std::string_view word_of(Fault fault);

}  // namespace moot::store
