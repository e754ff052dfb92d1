#pragma once
#include <string>
#include <string_view>

#include "command/json_text.hpp"

/// Pieces of what a node answered, made fit for a terminal: what all answers share.
namespace moot::command {

/// A field, with nothing in it that could move a cursor.
std::string shown(const Json& object, std::string_view key);
std::string shown_or(const Json& object, std::string_view key, std::string_view otherwise);
/// `1,204`, or the field as it is.
std::string shown_number(const Json& object, std::string_view key);
/// A time that is Unix milliseconds, or RFC 3339 text, cut to the minute.
std::string shown_time(const Json& object, std::string_view key);
/// What an organisation is called here, with its id shortened.
std::string shown_organisation(const Json& object);
/// The array that the document is, or has under the key.
const Json& list_in(const Json& document, std::string_view key);
/// The document, or null.
Json document_of(std::string_view json);
/// `A, B and C`, of the organisations for which `is_wanted` holds.
template <class Wanted>
std::string names_in(const Json& organisations, Wanted is_wanted);
/// `A, B and C`.
std::string joined(const std::vector<std::string>& words);

template <class Wanted>
std::string names_in(const Json& organisations, Wanted is_wanted) {
  std::vector<std::string> names;
  for (const Json& one : organisations) {
    if (is_wanted(one)) names.push_back(shown_organisation(one));
  }
  return joined(names);
}

}  // namespace moot::command
