#pragma once
#include <string_view>

/// The formats that the schemas assert, decided as the usual validators of JSON Schema do. Pure
/// functions; any thread.
namespace moot::record {

/// RFC 3986 with a scheme: `https://example.org/x?y#z`.
bool is_uri(std::string_view text);
/// A dot-atom, `@`, and a domain with at least one dot (RFC 5321 without quoted names and address
/// literals).
bool is_email(std::string_view text);
/// A day of the calendar, `YYYY-MM-DD`.
bool is_date(std::string_view text);
/// RFC 3339 with seconds and a zone: `2024-03-01T09:30:00Z`; a space may stand for the T.
bool is_date_time(std::string_view text);
/// `HH:MM`, with seconds and a zone where wanted: `09:30`, `09:30:00`, `09:30Z`, `09:30+01:00`.
bool is_time_of_day(std::string_view text);

}  // namespace moot::record
