#pragma once
#include <string>

#include "base/problem.hpp"
#include "store/fault.hpp"

namespace moot::node {

/// The answer to a request that was not done (control.hpp has the codes).
inline Error error_of(std::string code, std::string message, std::string hint = {}) {
  return {.code = std::move(code),
          .message = std::move(message),
          .hint = std::move(hint),
          .problems = {}};
}

/// Why the store did not take what was asked for; `what` as in "the records were not published".
Error error_of(store::Fault fault, const std::string& what);

}  // namespace moot::node
