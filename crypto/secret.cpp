#include "crypto/secret.hpp"

#include <sodium.h>

#include <algorithm>
#include <new>

#include "base/check.hpp"

namespace moot::crypto {

template <std::size_t N>
void Secret<N>::Free::operator()(std::uint8_t* memory) const {
  sodium_free(memory);  // wipes it
}

template <std::size_t N>
Secret<N>::Secret() : memory_(static_cast<std::uint8_t*>(sodium_malloc(N))) {
  if (memory_ == nullptr) throw std::bad_alloc();
  std::fill_n(memory_.get(), N, std::uint8_t{0});
}

template <std::size_t N>
Secret<N>::Secret(std::span<std::uint8_t, N> source) : Secret() {
  std::copy_n(source.begin(), N, memory_.get());
  wipe(source);
  seal();
}

template <std::size_t N>
Secret<N> Secret<N>::clone() const {
  Secret copy;
  std::copy_n(view().begin(), N, copy.memory_.get());
  copy.seal();
  return copy;
}

template <std::size_t N>
std::span<const std::uint8_t, N> Secret<N>::view() const {
  MOOT_CHECK(memory_ != nullptr);
  return std::span<const std::uint8_t, N>(memory_.get(), N);
}

template <std::size_t N>
std::span<std::uint8_t, N> Secret<N>::writable() {
  MOOT_CHECK(memory_ != nullptr);
  MOOT_CHECK(sodium_mprotect_readwrite(memory_.get()) == 0);
  return std::span<std::uint8_t, N>(memory_.get(), N);
}

template <std::size_t N>
void Secret<N>::seal() {
  MOOT_CHECK(memory_ != nullptr);
  MOOT_CHECK(sodium_mprotect_readonly(memory_.get()) == 0);
}

template class Secret<32>;
template class Secret<64>;

bool start_library() { return sodium_init() >= 0; }

void random_bytes(std::span<std::uint8_t> out) {
  if (!out.empty()) randombytes_buf(out.data(), out.size());
}

bool equal_in_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void wipe(std::span<std::uint8_t> bytes) { sodium_memzero(bytes.data(), bytes.size()); }

}  // namespace moot::crypto
