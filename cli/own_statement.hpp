#pragma once
#include "command/json_text.hpp"
#include "command/session.hpp"

namespace moot::command {

/// Publishes our own organisation's `successor` record: `fields` after its id; today's date when
/// there is none. Answers as publish does, then `words` for people.
Ran publish_statement(Session& session, Json fields, const std::string& words);

}  // namespace moot::command
