#include "command/session.hpp"

#include <ostream>

#include "command/render.hpp"

namespace moot::command {

config::Paths Session::paths() const {
  config::Paths found = config::paths(globals.home);
  const bool ends_in_slash = !found.home.has_filename() && found.home.has_relative_path();
  return ends_in_slash ? config::paths(found.home.parent_path().string()) : found;
}

void Session::hint(const std::string& text) const {
  if (globals.quiet || globals.json) return;
  err << "Hint: " << printable(text) << '\n';
}

}  // namespace moot::command
