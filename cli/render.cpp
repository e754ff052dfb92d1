#include "command/render.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <ostream>

namespace moot::command {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

/// The length of the well-formed UTF-8 sequence at the front, 0 if it is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 && lead < 0xF5   ? 4
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xC2 && lead < 0xE0 ? 2
                                                           : 0;
  if (length == 0 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((at(i) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && at(1) < 0xA0) return 0;
  if (lead == 0xED && at(1) >= 0xA0) return 0;  // surrogates
  if (lead == 0xF0 && at(1) < 0x90) return 0;
  if (lead == 0xF4 && at(1) >= 0x90) return 0;
  return length;
}

/// Would a terminal act upon it, or show the text around it in another order?
bool is_acted_upon(std::string_view sequence) {
  const auto first = static_cast<unsigned char>(sequence[0]);
  if (sequence.size() == 1) return first < 0x20 || first == 0x7F;
  if (sequence.size() == 2) return first == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0;
  const bool is_separator_or_embedding = sequence >= "\u2028" && sequence <= "\u202E";
  const bool is_isolate = sequence >= "\u2066" && sequence <= "\u2069";
  return sequence.size() == 3 && (is_separator_or_embedding || is_isolate);
}

std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

void print_row(std::ostream& to, const std::vector<std::string>& row,
               const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t column = 0; column < row.size(); ++column) {
    line += row[column];
    if (column + 1 < row.size()) line.append(widths[column] - width_of(row[column]) + 2, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  to << line << '\n';
}

}  // namespace

std::string printable(std::string_view text) {
  std::string shown;
  shown.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = sequence_length(text);
    const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
    if (length == 0 || is_acted_upon(sequence)) {
      shown += sequence == "\n" || sequence == "\t" ? " " : replacement;
    } else {
      shown += sequence;
    }
    text.remove_prefix(sequence.size());
  }
  return shown;
}

std::string number_text(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t from_end = 3; from_end < text.size(); from_end += 4) {
    text.insert(text.size() - from_end, 1, ',');
  }
  return text;
}

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return number_text(count).append(" ").append(count == 1 ? one : many);
}

std::string size_text(std::uint64_t bytes) {
  if (bytes < 1000) return counted(bytes, "byte", "bytes");
  static constexpr std::array<const char*, 6> units = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1000;
  std::size_t unit = 0;
  for (; value >= 999.95 && unit + 1 < units.size(); ++unit) value /= 1000;
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %s", value, units[unit]);
  return text.data();
}

std::string time_text(std::uint64_t unix_ms) {
  const auto seconds = static_cast<std::time_t>(unix_ms / 1000);
  std::tm parts{};
  std::array<char, 64> text{};
  if (gmtime_r(&seconds, &parts) == nullptr ||
      std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M UTC", &parts) == 0) {
    return "at a time that cannot be";
  }
  return text.data();
}

std::string age_text(std::uint64_t unix_ms, std::uint64_t now_ms) {
  constexpr std::uint64_t minute_ms = 60'000;
  if (unix_ms > now_ms + minute_ms) return time_text(unix_ms);
  const std::uint64_t minutes = now_ms > unix_ms ? (now_ms - unix_ms) / minute_ms : 0;
  if (minutes == 0) return "just now";
  constexpr std::uint64_t hour = 60;
  constexpr std::uint64_t day = 24 * hour;
  if (minutes < hour) return counted(minutes, "minute ago", "minutes ago");
  if (minutes < 2 * day) return counted(minutes / hour, "hour ago", "hours ago");
  return counted(minutes / day, "day ago", "days ago");
}

std::uint64_t unix_now_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(since).count());
}

std::string short_id(std::string_view organisation) {
  constexpr std::size_t front = 13;
  constexpr std::size_t back = 4;
  if (organisation.size() <= front + back + 1) return printable(organisation);
  return printable(std::string(organisation.substr(0, front))
                       .append("…")
                       .append(organisation.substr(organisation.size() - back)));
}

void Table::print(std::ostream& to) const {
  std::vector<std::size_t> widths(heading_.size());
  const auto widen = [&widths](const std::vector<std::string>& row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i]));
  };
  widen(heading_);
  for (const auto& row : rows_) widen(row);
  if (!heading_.empty()) print_row(to, heading_, widths);
  for (const auto& row : rows_) print_row(to, row, widths);
}

}  // namespace moot::command
