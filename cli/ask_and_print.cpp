#include "command/ask_and_print.hpp"

#include "command/answers.hpp"
#include "command/read.hpp"

namespace moot::command {

Ran ask_and_print(Session& session, const control::Request& request,
                  std::chrono::milliseconds patience,
                  void (*print)(std::ostream&, std::string_view)) {
  const auto answer = ask_node(session, request, patience);
  if (!answer) return fail(answer.error());
  if (session.globals.json) {
    print_json(session.out, answer->json);
  } else {
    print(session.out, answer->json);
  }
  return answer->incomplete ? ExitCode::incomplete : ExitCode::done;
}

}  // namespace moot::command
