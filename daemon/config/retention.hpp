#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace moot::config {

/// `[retention]` of the settings: one part of all records of a kind is due to be erased so many
/// calendar months after the record was withdrawn.
struct RetentionRule {
  std::string kind;
  bool is_personal = false;  ///< the personal part; else the public one
  unsigned months = 0;       ///< 0: as soon as it is withdrawn
  bool operator==(const RetentionRule&) const = default;
};

/// `0 months`, `1 month`, `24 months`: at most limits::retention_months_max. nullopt for anything
/// else.
std::optional<unsigned> parse_months(std::string_view text);
/// The text that parse_months() reads as this.
std::string months_text(unsigned months);

/// Why there can be no rule for records of this kind, for people; nullopt when there can. Kinds
/// without a schema may be published too, so only what cannot be a kind's name, or is nearly that
/// of a known kind, is refused: a slip there would keep texts for ever.
struct BadKind {
  std::string allowed;
  std::string hint;
};
std::optional<BadKind> check_retention_kind(std::string_view kind);

}  // namespace moot::config
