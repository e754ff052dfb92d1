#pragma once
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

/// The words and shapes of what people read. Times are Unix milliseconds, in UTC.
namespace moot::command {

/// Control characters (also those of terminals, and what is no UTF-8) replaced: names and records
/// come from strangers, who must not be able to move the cursor or colour a verdict.
std::string printable(std::string_view text);

/// `1 entry`, `1,204 entries`.
std::string counted(std::uint64_t count, std::string_view one, std::string_view many);
/// `1,204`.
std::string number_text(std::uint64_t number);
/// `512 bytes`, `1.4 MB` (powers of 1000).
std::string size_text(std::uint64_t bytes);
/// `2024-03-01 09:30 UTC`.
std::string time_text(std::uint64_t unix_ms);
/// `just now`, `3 minutes ago`, `2 days ago`; what lies ahead of `now_ms` is `just now` up to a
/// minute, else its time.
std::string age_text(std::uint64_t unix_ms, std::uint64_t now_ms);
std::uint64_t unix_now_ms();
/// An organisation id shortened for a table: `moot1qqsxyz…4k2a`.
std::string short_id(std::string_view organisation);

/// Columns padded to one width, two spaces apart; the last is not padded.
class Table {
 public:
  explicit Table(std::vector<std::string> heading) : heading_(std::move(heading)) {}
  void add(std::vector<std::string> row) { rows_.push_back(std::move(row)); }
  bool is_empty() const { return rows_.empty(); }
  void print(std::ostream& to) const;

 private:
  std::vector<std::string> heading_;  // empty: none is printed
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace moot::command
