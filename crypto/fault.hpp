#pragma once
#include <string_view>

namespace moot::crypto {

enum class Fault {
  bad_encoding,    ///< hex or base64 that is not
  bad_signature,   ///< the strict rules of docs/protocol.md refuse it
  bad_public_key,  ///< not a canonical point of the prime-order group
  bad_handshake,   ///< a Noise message that does not authenticate, or out of turn
  bad_message,     ///< a transport message that does not authenticate
  message_too_long,
  cannot_read_file,  ///< key file missing or unreadable; errno tells
  cannot_write_file,
  file_exists,
  wrong_mode,        ///< key file that others may read
  wrong_use,         ///< key file of a key for another use
  unknown_format,    ///< key file of a format or version that we do not know
  wrong_passphrase,  ///< or the sealed key was damaged: that cannot be told apart
  too_costly,        ///< key file that demands more time or memory than anybody should give
  no_memory,         ///< the memory that the key file demands is not to be had here
};

/// One plain line for people, without a full stop.
std::string_view describe(Fault fault);

}  // namespace moot::crypto
