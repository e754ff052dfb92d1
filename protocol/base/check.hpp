#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <type_traits>

namespace moot::detail {

inline void print_operand(bool value) { std::fputs(value ? " true" : " false", stderr); }
template <class T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>)
void print_operand(T value) {
  if constexpr (std::is_signed_v<T>) {
    std::fprintf(stderr, " %lld", static_cast<long long>(value));
  } else {
    std::fprintf(stderr, " %llu", static_cast<unsigned long long>(value));
  }
}
inline void print_operand(std::string_view value) {
  std::fprintf(stderr, " \"%.*s\"", static_cast<int>(value.size()), value.data());
}

template <class... T>
[[noreturn]] void check_failed(const char* file, int line, const char* condition, T... operands) {
  std::fprintf(stderr, "%s:%d: this cannot be unless Moot is wrong: %s;", file, line, condition);
  (print_operand(operands), ...);
  std::fputs("\n", stderr);
  std::abort();
}

}  // namespace moot::detail

/// Aborts, in release builds too, when something is so that only a defect of ours can have caused:
/// never for what a peer, a file, a user or a disk did. The operands after the condition (integers,
/// booleans, text) are printed.
#define MOOT_CHECK(condition, ...)                                                             \
  do {                                                                                         \
    if (!(condition)) [[unlikely]] {                                                           \
      ::moot::detail::check_failed(__FILE__, __LINE__, #condition __VA_OPT__(, ) __VA_ARGS__); \
    }                                                                                          \
  } while (false)
