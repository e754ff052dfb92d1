#pragma once
#include <filesystem>
#include <optional>

#include "crypto/signing.hpp"

/// The keys that a node has made ready for its organisation's next key event: KEYS/next/log.key and
/// node.key. They take the place of KEYS/log.key and node.key once the event is durable in the
/// store, and a crash between the two is made good at the next start.
namespace moot::crypto {

struct NextKeys {
  SigningKey log;
  SigningKey node;
};

/// Makes both, durable, in a new folder KEYS/next (mode 0700). file_exists when there is one: one
/// change of keys at a time. errno tells more, as for key files.
Result<NextKeys, Fault> make_next_keys(const std::filesystem::path& keys_folder);
/// cannot_read_file when none are there.
Result<NextKeys, Fault> read_next_keys(const std::filesystem::path& keys_folder);
/// Is a change under way?
bool has_next_keys(const std::filesystem::path& keys_folder);
/// Ends a change that did not come about: removes KEYS/next and all in it.
Result<Done, Fault> drop_next_keys(const std::filesystem::path& keys_folder);

/// Call it whenever a home is opened to be written, and after a key event became durable: when the
/// key in KEYS/next is the one that the newest event names, the keys there take the place of the
/// old, which are gone then. Answers whether they did; false when there is nothing to finish.
/// Interrupted at any point it is finished by the next call. One thread, with the home's lock.
Result<bool, Fault> finish_key_change(const std::filesystem::path& keys_folder,
                                      const PublicKeyBytes& newest_log_key);

}  // namespace moot::crypto
