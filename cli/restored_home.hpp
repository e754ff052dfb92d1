#pragma once
#include <filesystem>
#include <optional>
#include <string>

#include "command/session.hpp"
#include "log/organisation_id.hpp"

namespace moot::command {

/// What a home is to be made anew from; at least one of the three sources.
struct RestoreSources {
  std::optional<std::filesystem::path> backup;  ///< a folder that moot backup made
  std::optional<std::filesystem::path> bundle;
  std::optional<log::Address> peer;                 ///< any node that carries the log
  std::optional<log::OrganisationId> organisation;  ///< whose; told by a backup, or a bundle of one
  std::string name;                                 ///< for the settings, where none came along
  std::uint32_t timeout_s = 0;                      ///< of the fetch from a peer
};
struct RestoredHome {
  log::OrganisationId organisation;
  std::uint64_t entries = 0;
  std::uint64_t time_ms = 0;        ///< Unix, of the newest entry that tells its time; 0: none does
  std::uint64_t queue_dropped = 0;  ///< publishes that waited when the backup was made
  bool is_without_personal = false;  ///< from a bundle or a peer: personal parts did not come along
};

/// Makes the home of an organisation that is there already: its log, settings, and a new instance
/// number, but no key, as the old one was in no backup. All or nothing. The home cannot run before
/// the officers have established new keys (`moot keys rotate --after-restore`).
Result<RestoredHome, Error> make_restored_home(const Session& session, const config::Paths& paths,
                                               const RestoreSources& sources);

}  // namespace moot::command
