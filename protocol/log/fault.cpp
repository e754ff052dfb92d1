#include "log/fault.hpp"

#include "base/check.hpp"

namespace moot::log {

std::string_view describe(Fault fault) {
  switch (fault) {
    case Fault::truncated:
      return "the bytes end too early";
    case Fault::trailing_bytes:
      return "there are bytes after the end";
    case Fault::too_long:
      return "it is longer than is allowed";
    case Fault::bad_value:
      return "a field holds a value that it must not hold";
    case Fault::bad_checksum:
      return "the checksum is wrong: a character was mistyped";
    case Fault::bad_text:
      return "the text has not the form that it should have";
    case Fault::wrong_organisation:
      return "it belongs to another organisation";
    case Fault::unknown_key:
      return "it is signed by a key that the organisation has not named";
    case Fault::bad_signature:
      return "the signature is wrong";
    case Fault::too_few_signatures:
      return "too few reserve keys have signed it";
    case Fault::broken_chain:
      return "it does not follow the key event before it";
    case Fault::wrong_root:
      return "the hashes do not lead to the signed root";
    case Fault::wrong_size:
      return "the sizes contradict one another";
    case Fault::wrong_commitment:
      return "the body is not the one that the log commits to";
    case Fault::no_contradiction:
      return "the two statements do not contradict each other";
    case Fault::not_supported:
      return "this version of Moot is too old for this log";
  }
  MOOT_CHECK(false, static_cast<int>(fault));
}

std::string_view word_of(Fault fault) {
  switch (fault) {
    case Fault::truncated:
      return "truncated";
    case Fault::trailing_bytes:
      return "trailing-bytes";
    case Fault::too_long:
      return "too-long";
    case Fault::bad_value:
      return "bad-value";
    case Fault::bad_checksum:
      return "bad-checksum";
    case Fault::bad_text:
      return "bad-text";
    case Fault::wrong_organisation:
      return "wrong-organisation";
    case Fault::unknown_key:
      return "unknown-key";
    case Fault::bad_signature:
      return "bad-signature";
    case Fault::too_few_signatures:
      return "too-few-signatures";
    case Fault::broken_chain:
      return "broken-chain";
    case Fault::wrong_root:
      return "wrong-root";
    case Fault::wrong_size:
      return "wrong-size";
    case Fault::wrong_commitment:
      return "wrong-commitment";
    case Fault::no_contradiction:
      return "no-contradiction";
    case Fault::not_supported:
      return "not-supported";
  }
  MOOT_CHECK(false, static_cast<int>(fault));
}

}  // namespace moot::log
