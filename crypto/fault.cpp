#include "crypto/fault.hpp"

#include "base/check.hpp"

namespace moot::crypto {

std::string_view describe(Fault fault) {
  switch (fault) {
    case Fault::bad_encoding:
      return "the text is not valid hexadecimal or base64";
    case Fault::bad_signature:
      return "the signature is not valid";
    case Fault::bad_public_key:
      return "the public key is not a valid Ed25519 key";
    case Fault::bad_handshake:
      return "the encrypted handshake failed";
    case Fault::bad_message:
      return "an encrypted message was damaged or forged";
    case Fault::message_too_long:
      return "the message is longer than the encrypted transport allows";
    case Fault::cannot_read_file:
      return "the key file is missing or cannot be read";
    case Fault::cannot_write_file:
      return "the key file cannot be written";
    case Fault::file_exists:
      return "a file of that name exists already";
    case Fault::wrong_mode:
      return "the key file may be read by others; set its mode to 0600";
    case Fault::wrong_use:
      return "the key file holds a key for another use";
    case Fault::unknown_format:
      return "the file is not a key file of a version known here";
    case Fault::wrong_passphrase:
      return "the passphrase is wrong, or the file was damaged";
    case Fault::too_costly:
      return "the key file demands more time or memory than Moot gives";
    case Fault::no_memory:
      return "there is not enough memory here to open the key file";
  }
  MOOT_CHECK(false, static_cast<int>(fault));
}

}  // namespace moot::crypto
