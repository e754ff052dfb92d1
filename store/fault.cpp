#include "store/fault.hpp"

namespace moot::store {

std::string_view describe(Fault fault) {
  switch (fault) {
    case Fault::disk_full:
      return "there is no room left on the disk (or a quota or file size limit is reached)";
    case Fault::io_error:
      return "the system refused to read or write the store";
    case Fault::corrupt:
      return "the store contradicts itself";
    case Fault::newer_format:
      return "the store was written by a newer version of Moot";
    case Fault::not_a_store:
      return "there is no store here";
    case Fault::exists_already:
      return "an organisation was founded here before";
    case Fault::not_founded:
      return "no organisation was founded here yet";
    case Fault::not_contiguous:
      return "the entries do not follow those that are held";
    case Fault::contradiction:
      return "a tree head of this size was signed before with another root";
    case Fault::unknown_log:
      return "the organisation is not known here";
    case Fault::queue_full:
      return "as many publishes wait already as may";
    case Fault::witnesses_full:
      return "as many organisations that are not followed confirm this log as are remembered";
    case Fault::bad_job:
      return "the store was asked for something that is empty, over a limit or out of range";
  }
  return "unknown";
}

std::string_view word_of(Fault fault) {
  switch (fault) {
    case Fault::disk_full:
      return "disk-full";
    case Fault::io_error:
      return "io-error";
    case Fault::corrupt:
      return "corrupt";
    case Fault::newer_format:
      return "newer-format";
    case Fault::not_a_store:
      return "not-a-store";
    case Fault::exists_already:
      return "exists-already";
    case Fault::not_founded:
      return "not-founded";
    case Fault::not_contiguous:
      return "not-contiguous";
    case Fault::contradiction:
      return "contradiction";
    case Fault::unknown_log:
      return "unknown-log";
    case Fault::queue_full:
      return "queue-full";
    case Fault::witnesses_full:
      return "witnesses-full";
    case Fault::bad_job:
      return "bad-job";
  }
  return "unknown";
}

}  // namespace moot::store
