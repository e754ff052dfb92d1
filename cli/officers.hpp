#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "config/config.hpp"
#include "log/identity.hpp"

/// HOME/officers.json: what this node's people know of the officers, and no other node is told of.
/// `officers` are those who are to decide after the next change of keys; `known` are public halves
/// of others, such as their predecessors, which a change must reveal.
namespace moot::command {

struct Officer {
  std::string name;
  crypto::PublicKeyBytes key{};
  std::string role;
  std::string until;  ///< when the term ends: 2025-03-31, or empty
  std::string note;
  std::string last_drill;  ///< when the key was last seen to work: a date, or empty
  bool operator==(const Officer&) const = default;
};

struct Officers {
  std::uint8_t threshold = 1;  ///< how many are to agree
  std::vector<Officer> officers;
  std::vector<Officer> known;
  std::string hosting;  ///< for `moot handover`: where the machine and the domain are, who pays
  std::string request;  ///< the file of the change of keys that is under way, as it was named
  bool operator==(const Officers&) const = default;

  /// By key, among both; null: not known.
  const Officer* find(const crypto::PublicKeyBytes& key) const;
  /// By the digest that the log shows of it.
  const Officer* find_by_digest(const Hash& digest) const;
  /// By name, among those to decide.
  Officer* named(const std::string& name);
  std::vector<crypto::PublicKeyBytes> all_keys() const;
};

std::filesystem::path officers_file(const config::Paths& paths);
/// None there: one in which nobody is named. "failed" when it is not as it must be.
Result<Officers, Error> load_officers(const config::Paths& paths);
/// Replaced whole, mode 0600.
Result<Done, Error> save_officers(const config::Paths& paths, const Officers& officers);

/// The text of the file, and strictly back.
std::string to_json_text(const Officers& officers);
Result<Officers, std::string> parse_officers(std::string_view text);

/// May this stand as a name, a role or a note?
bool is_officer_text(std::string_view text);
/// A day of the calendar: 2025-03-31.
bool is_date(std::string_view text);
/// Today's, in UTC.
std::string today();

}  // namespace moot::command
