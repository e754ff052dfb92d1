#pragma once
#include <tl/expected.hpp>
#include <utility>

namespace moot {

/// A value or the error that kept it from being: what a peer, a file, a user or a disk can cause is
/// returned this way and never thrown. Unlike tl::expected it cannot be dropped unseen.
template <class T, class E>
class [[nodiscard]] Result : public tl::expected<T, E> {
 public:
  using tl::expected<T, E>::expected;
};

/// The error side of a Result: `return fail(Fault::trailing_bytes);`
template <class E>
[[nodiscard]] constexpr auto fail(E&& error) {
  return tl::unexpected<std::decay_t<E>>(std::forward<E>(error));
}

/// For a Result without a value.
struct Done {};

}  // namespace moot
