#include "command/own_identity.hpp"

#include "command/read.hpp"

namespace moot::command {

Result<OwnIdentity, Error> open_own_identity(const config::Paths& paths) {
  auto store = open_store(paths);
  if (!store) return fail(store.error());
  const auto own = find_organisation(**store, {});
  if (!own) return fail(own.error());
  auto identity = (*store)->identity(*own);
  auto state = (*store)->state(*own);
  if (!identity || !state) {
    return fail(Error{.code = "failed",
                      .message = "the store holds no keys of " + log::to_text(*own),
                      .hint = "`moot audit` says what is wrong with it",
                      .problems = {}});
  }
  return OwnIdentity{.store = std::move(*store),
                     .organisation = *own,
                     .identity = std::move(*identity),
                     .state = std::move(*state)};
}

}  // namespace moot::command
