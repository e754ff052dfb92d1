#pragma once
#include <optional>
#include <string>
#include <vector>

#include "command/officers.hpp"

/// Where an organisation stands with its officers, and what to do next: plain words, of which each
/// names the command to type.
namespace moot::command {

/// A change of keys that is under way.
struct OpenChange {
  std::string request;                 ///< its file, or empty
  std::optional<std::size_t> missing;  ///< signatures; nullopt: the file is not there any more
};
std::optional<OpenChange> open_change(const config::Paths& paths, const Officers& officers);

/// Are those who are to decide those who decide today, with as many to agree?
bool is_plan_in_force(const log::Establish& today, const Officers& officers);

/// The one next thing to do.
std::string next_step(const log::Establish& today, const Officers& officers,
                      const std::optional<OpenChange>& open);
/// What to bear in mind: terms that are over or end soon, keys not tried for a year, fewer known
/// than must sign.
std::vector<std::string> warnings(const log::Establish& today, const Officers& officers,
                                  const std::string& date);

/// Days from one date to another; nullopt when either is none.
std::optional<int> days_between(const std::string& from, const std::string& to);

}  // namespace moot::command
