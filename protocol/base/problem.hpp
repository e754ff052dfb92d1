#pragma once
#include <string>
#include <vector>

namespace moot {

/// One finding among several, for people: where, what was found, what is allowed, and what to do.
struct Problem {
  std::string where;    ///< file and line, and the field's path: `services.json line 14:
                        ///< /schedules/0/opens_at`
  std::string found;    ///< what stands there, shortened to a line
  std::string allowed;  ///< what could stand there
  std::string hint;     ///< what to do; may be empty
};

/// Why a thing was not done, for people. `code` is one of the stable words of docs/protocol.md
/// ("not-found", "refused", ...).
struct Error {
  std::string code;
  std::string message;
  std::string hint;
  std::vector<Problem> problems;
};

}  // namespace moot
