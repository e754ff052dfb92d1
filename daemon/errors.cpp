#include "node/errors.hpp"

namespace moot::node {

Error error_of(store::Fault fault, const std::string& what) {
  const std::string message = what + ": " + std::string(store::describe(fault));
  switch (fault) {
    case store::Fault::disk_full:
      return error_of("disk-full", message,
                      "make room on the disk, then try again; nothing was half done");
    case store::Fault::queue_full:
    case store::Fault::witnesses_full:
    case store::Fault::bad_job:
      return error_of("refused", message);
    case store::Fault::io_error:
    case store::Fault::corrupt:
      return error_of("failed", message, "see the system's log for errors of the disk");
    case store::Fault::newer_format:
    case store::Fault::not_a_store:
    case store::Fault::exists_already:
    case store::Fault::not_founded:
    case store::Fault::not_contiguous:
    case store::Fault::contradiction:
    case store::Fault::unknown_log:
      return error_of("failed", message);
  }
  return error_of("failed", message);
}

}  // namespace moot::node
