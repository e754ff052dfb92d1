#include "log/json_words.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "crypto/encoding.hpp"

namespace moot::log {
namespace {

// Where the dashes of a UUID stand.
constexpr std::array<std::size_t, 4> dashes = {8, 13, 18, 23};
constexpr std::size_t uuid_chars = 36;
constexpr std::uint64_t first_ms_of_year_10000 = 253'402'300'800'000;

}  // namespace

std::string record_text(const log::RecordId& record) {
  std::string text = crypto::to_hex(record);
  for (const std::size_t at : dashes) text.insert(at, 1, '-');
  return text;
}

std::optional<log::RecordId> parse_record(std::string_view text) {
  if (text.size() != uuid_chars) return std::nullopt;
  std::string digits(text);
  for (std::size_t i = dashes.size(); i-- > 0;) {
    if (digits[dashes[i]] != '-') return std::nullopt;
    digits.erase(dashes[i], 1);
  }
  const auto bytes = crypto::from_hex(digits);
  log::RecordId record{};
  if (!bytes || bytes->size() != record.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), record.begin());
  return record;
}

std::optional<std::string> time_text(std::uint64_t unix_ms) {
  if (unix_ms >= first_ms_of_year_10000) return std::nullopt;
  const std::chrono::milliseconds since_1970(static_cast<std::int64_t>(unix_ms));
  const auto day = std::chrono::floor<std::chrono::days>(since_1970);
  const std::chrono::year_month_day date{std::chrono::sys_days(day)};
  const std::chrono::hh_mm_ss time(since_1970 - day);
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

std::string_view word_of(log::Operation operation) {
  switch (operation) {
    case log::Operation::put:
      return "put";
    case log::Operation::withdraw:
      return "withdraw";
  }
  return "unknown";
}

std::string_view word_of(log::Part part) {
  switch (part) {
    case log::Part::public_part:
      return "public";
    case log::Part::personal_part:
      return "personal";
  }
  return "unknown";
}

std::string_view word_of(log::BodyStatus status) {
  switch (status) {
    case log::BodyStatus::held:
      return "held";
    case log::BodyStatus::erased:
      return "erased";
    case log::BodyStatus::withheld:
      return "withheld";
    case log::BodyStatus::missing:
      return "missing";
  }
  return "unknown";
}

std::string_view word_of(log::EraseReason reason) {
  switch (reason) {
    case log::EraseReason::data_protection:
      return "data-protection";
    case log::EraseReason::safety:
      return "safety";
    case log::EraseReason::court:
      return "court";
    case log::EraseReason::mistake:
      return "mistake";
    case log::EraseReason::consent_withdrawn:
      return "consent-withdrawn";
    case log::EraseReason::abuse:
      return "abuse";
  }
  return "unknown";
}

}  // namespace moot::log
