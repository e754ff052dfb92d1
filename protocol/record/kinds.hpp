#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace moot::record {

/// The kinds that this node knows a schema for, in the order of `moot schema`. Any thread; lives as
/// long as the program.
std::span<const std::string_view> known_kinds();

/// The JSON Schema (2020-12) of a kind as one self-contained document, for `moot schema KIND`;
/// nullopt for a kind that we do not know. Lives as long as the program. Any thread.
///
/// What it accepts: the fields and rules of HSDS 3.0 and of its profile Open Referral UK 3.0
/// together. Both require the same fields, allow fields that they do not name, and never contradict
/// one another, so a record that only uses fields of one of them is judged as that one judges it.
///
/// Where we ask for more, on purpose:
///
/// - A field is checked by whichever standard names it: phones that are no list are refused,
///   although the UK profile leaves phones out and would let anything stand there.
/// - Dates (`YYYY-MM-DD`) and opening times (`HH:MM`, zone optional) must be what both standards
///   describe in words, but no validator asserts.
/// - Ages are not negative. Degrees lie within -180 and 180, which catches grid references in
///   metres; not within 90 for latitude, since the examples of both standards say 100.
/// - null is refused everywhere, also in fields that neither standard names: a field without a
///   value is left out. No field comes twice. (JSON Schema cannot say these two.)
/// - A UUID is written without `urn:uuid:`; numbers fit 64 bits.
std::optional<std::string_view> schema_text(std::string_view kind);

/// Whether a record may be published under this name, known or not: 1 to limits::kind_bytes_max of
/// a-z, 0-9 and _.
bool is_kind_name(std::string_view kind);

}  // namespace moot::record
