#pragma once
#include "log/verified.hpp"

namespace moot::log {

/// Makes Verified values. Included by block.cpp and checkpoint.cpp and by no other file: only what
/// they have judged is ever called verified.
struct Verifier {
  template <class T>
  static Verified<T> make(T value) {
    return Verified<T>(std::move(value));
  }
};

}  // namespace moot::log
