#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

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
/// Keeps beside the new keys what was asked of the officers, in KEYS/next/plan (mode 0600),
/// durable. The text is at most next_plan_bytes_max long. file_exists when there is one.
inline constexpr std::size_t next_plan_bytes_max = 256;
Result<Done, Fault> write_next_plan(const std::filesystem::path& keys_folder,
                                    std::string_view text);
/// cannot_read_file when none was kept, unknown_format when it is longer.
Result<std::string, Fault> read_next_plan(const std::filesystem::path& keys_folder);
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

/// The same for whoever has made the event durable and holds its keys in memory: when they are no
/// longer in KEYS/next (the change was given up while it was being written) they are written there
/// again, in the place of whatever is there, because no later change can be under way. After it
/// they are the keys of the node. To be called again after a fault.
Result<Done, Fault> settle_key_change(const std::filesystem::path& keys_folder,
                                      const NextKeys& keys);

}  // namespace moot::crypto
