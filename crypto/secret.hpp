#pragma once
#include <memory>

#include "base/bytes.hpp"

namespace moot::crypto {

/// Fixed-size secret in libsodium's guarded memory (mlocked, guard pages, read-only once made).
/// Moves only; has no print. The moved-from secret is empty and may only be destroyed or assigned,
/// or asked whether it is empty. N is 32 or 64.
template <std::size_t N>
class Secret {
 public:
  /// Zeroed, and writable until seal().
  Secret();
  /// Copies and wipes the source; sealed.
  explicit Secret(std::span<std::uint8_t, N> source);
  Secret(Secret&&) noexcept = default;
  Secret& operator=(Secret&&) noexcept = default;
  Secret clone() const;

  bool is_empty() const { return memory_ == nullptr; }
  std::span<const std::uint8_t, N> view() const;
  /// For the one function that fills it, which ends with seal() where the secret is to last.
  std::span<std::uint8_t, N> writable();
  /// Makes the memory read-only, until writable() is called again: a stray write then ends the
  /// program.
  void seal();

 private:
  struct Free {
    void operator()(std::uint8_t* memory) const;
  };
  std::unique_ptr<std::uint8_t, Free> memory_;
};

extern template class Secret<32>;
extern template class Secret<64>;

/// Starts libsodium; every program calls it first in main(). False: the library cannot run here.
bool start_library();
void random_bytes(std::span<std::uint8_t> out);
bool equal_in_constant_time(ByteView a, ByteView b);
/// Overwrites with zeros in a way that no compiler removes: for copies of secrets outside of
/// Secret.
void wipe(std::span<std::uint8_t> bytes);

}  // namespace moot::crypto
