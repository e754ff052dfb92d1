#include "record/formats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace moot::record {
namespace {

enum : std::uint8_t {
  is_digit = 1,
  is_letter = 2,
  is_hex = 4,
  is_name = 8,   // unreserved and sub-delims of RFC 3986
  is_atom = 16,  // atext of RFC 5322
};

constexpr std::array<std::uint8_t, 256> classes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto mark = [&table](std::string_view letters, unsigned bits) {
    for (const char c : letters) {
      auto& entry = table[static_cast<std::uint8_t>(c)];
      entry = static_cast<std::uint8_t>(entry | bits);
    }
  };
  mark("0123456789", is_digit | is_hex | is_name | is_atom);
  mark("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", is_letter | is_name | is_atom);
  mark("abcdefABCDEF", is_hex);
  mark("-._~!$&'()*+,;=", is_name);
  mark("!#$%&'*+/=?^_`{|}~-", is_atom);
  return table;
}();

bool is(char c, unsigned bits) { return (classes[static_cast<std::uint8_t>(c)] & bits) != 0; }

/// Only characters of a name, percent-escapes and those of `also`.
bool is_name_of(std::string_view text, std::string_view also) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is(c, is_name) || also.find(c) != std::string_view::npos) continue;
    if (c != '%' || text.size() - i < 3 || !is(text[i + 1], is_hex) || !is(text[i + 2], is_hex))
      return false;
    i += 2;
  }
  return true;
}

bool all(std::string_view text, unsigned bits) {
  return std::all_of(text.begin(), text.end(), [bits](char c) { return is(c, bits); });
}

/// An IPv6 or future address between brackets; which of the many IPv6 shapes it is does not matter
/// to us.
bool is_address_literal(std::string_view text) {
  if (text.size() > 2 && (text[0] == 'v' || text[0] == 'V')) {
    const std::size_t dot = text.find('.');
    return dot != std::string_view::npos && dot > 1 && all(text.substr(1, dot - 1), is_hex) &&
           dot + 1 < text.size() && is_name_of(text.substr(dot + 1), ":");
  }
  const auto fits = [](char c) { return is(c, is_hex) || c == ':' || c == '.'; };
  return std::count(text.begin(), text.end(), ':') >= 2 &&
         std::all_of(text.begin(), text.end(), fits);
}

bool is_authority(std::string_view text) {
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    if (!is_name_of(text.substr(0, at), ":")) return false;
    text.remove_prefix(at + 1);
  }
  if (!text.empty() && text[0] == '[') {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos || !is_address_literal(text.substr(1, end - 1))) return false;
    text.remove_prefix(end + 1);
    return text.empty() || (text[0] == ':' && all(text.substr(1), is_digit));
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return is_name_of(text, "");
  return is_name_of(text.substr(0, colon), "") && all(text.substr(colon + 1), is_digit);
}

/// Takes `count` digits from the front.
bool take_number(std::string_view& text, std::size_t count, int& number) {
  if (text.size() < count || !all(text.substr(0, count), is_digit)) return false;
  number = 0;
  for (const char c : text.substr(0, count)) number = number * 10 + (c - '0');
  text.remove_prefix(count);
  return true;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text[0] != c) return false;
  text.remove_prefix(1);
  return true;
}

/// `.` and digits, if a dot stands there.
bool take_fraction(std::string_view& text) {
  if (!take(text, '.')) return true;
  std::size_t digits = 0;
  while (digits < text.size() && is(text[digits], is_digit)) ++digits;
  text.remove_prefix(digits);
  return digits > 0;
}

/// All of `text` as `+HH`, `+HHMM` or `+HH:MM`.
bool read_offset(std::string_view text, bool hours_alone, int& minutes) {
  if (text.empty() || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hour = 0;
  int minute = 0;
  if (!take_number(text, 2, hour)) return false;
  const bool colon = take(text, ':');
  if (!(text.empty() && !colon && hours_alone) && !take_number(text, 2, minute)) return false;
  minutes = sign * (hour * 60 + minute);
  return text.empty() && hour <= 23 && minute <= 59;
}

}  // namespace

bool is_uri(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !is(text[0], is_letter)) return false;
  const auto in_scheme = [](char c) {
    return is(c, is_letter | is_digit) || c == '+' || c == '-' || c == '.';
  };
  if (!std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(colon), in_scheme))
    return false;
  text.remove_prefix(colon + 1);
  if (const std::size_t hash = text.find('#'); hash != std::string_view::npos) {
    if (!is_name_of(text.substr(hash + 1), ":@/?")) return false;
    text = text.substr(0, hash);
  }
  if (const std::size_t mark = text.find('?'); mark != std::string_view::npos) {
    if (!is_name_of(text.substr(mark + 1), ":@/?")) return false;
    text = text.substr(0, mark);
  }
  if (text.starts_with("//")) {
    text.remove_prefix(2);
    const std::size_t slash = std::min(text.find('/'), text.size());
    return is_authority(text.substr(0, slash)) && is_name_of(text.substr(slash), ":@/");
  }
  return !text.empty() && is_name_of(text, ":@/");
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return false;
  const std::string_view name = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  char before = '.';
  for (const char c : name) {
    if (c == '.' ? before == '.' : !is(c, is_atom)) return false;
    before = c;
  }
  if (before == '.') return false;
  before = '.';
  bool dotted = false;
  for (const char c : domain) {
    if (c == '.' || c == '-') {
      if (before == '.' || (c == '.' && before == '-')) return false;
      dotted = dotted || c == '.';
    } else if (!is(c, is_letter | is_digit)) {
      return false;
    }
    before = c;
  }
  return dotted && before != '.' && before != '-';
}

bool is_date(std::string_view text) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!take_number(text, 4, year) || !take(text, '-') || !take_number(text, 2, month) ||
      !take(text, '-') || !take_number(text, 2, day) || !text.empty()) {
    return false;
  }
  static constexpr std::array<int, 13> days = {0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (month < 1 || month > 12 || day < 1) return false;
  const bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= days[static_cast<std::size_t>(month)] + (leap && month == 2 ? 1 : 0);
}

bool is_date_time(std::string_view text) {
  if (text.size() < 20 || !is_date(text.substr(0, 10))) return false;
  if (const char between = text[10]; between != 'T' && between != 't' && between != ' ')
    return false;
  text.remove_prefix(11);
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute) ||
      !take(text, ':') || !take_number(text, 2, second) || !take_fraction(text)) {
    return false;
  }
  int offset = 0;
  if (text != "Z" && text != "z" && !read_offset(text, true, offset)) return false;
  if (hour > 23 || minute > 59 || second > 60) return false;
  // A leap second is the last of a day in UTC.
  const int utc_minute = (hour * 60 + minute - offset + 2880) % 1440;
  return second < 60 || utc_minute == 1439;
}

bool is_time_of_day(std::string_view text) {
  int hour = 0;
  int minute = 0;
  if (!take_number(text, 2, hour) || !take(text, ':') || !take_number(text, 2, minute))
    return false;
  if (hour > 23 || minute > 59) return false;
  if (take(text, ':')) {
    int second = 0;
    if (!take_number(text, 2, second) || second > 59 || !take_fraction(text)) return false;
  }
  int offset = 0;
  return text.empty() || text == "Z" || read_offset(text, false, offset);
}

}  // namespace moot::record
