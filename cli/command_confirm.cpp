#include <memory>

#include "command/ask_and_print.hpp"
#include "command/client.hpp"
#include "command/record_answers.hpp"
#include "command/registry.hpp"

namespace moot::command {

void add_confirm_not_restored(Registry& registry) {
  registry.add("confirm-not-restored",
               "Lets the node publish without waiting for the peers that it waits for. After a "
               "start it asks "
               "them\nwhether they hold more of your log than it does, because a home that was "
               "restored from "
               "a backup,\ncopied, or rolled back has forgotten what it published: if it went on "
               "from there, "
               "your history would\nbe written in two ways, and everybody could prove it. Say this "
               "only when "
               "you know that this is the\nnewest home and the only one.",
               "  moot confirm-not-restored", [](Session& session) {
                 return ask_and_print(session, control::ConfirmRequest{}, answer_patience,
                                      print_confirmed);
               });
}

}  // namespace moot::command
