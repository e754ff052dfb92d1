#pragma once
#include <utility>

namespace moot::log {

/// A value that the one function that can judge it has found to be true: block.cpp makes
/// Verified<EntryRange>, checkpoint.cpp makes Verified<Checkpoint>. The store takes nothing else
/// from a peer.
template <class T>
class Verified {
 public:
  const T& operator*() const { return value_; }
  const T* operator->() const { return &value_; }
  T take() && { return std::move(value_); }

 private:
  friend struct Verifier;
  explicit Verified(T value) : value_(std::move(value)) {}
  T value_;
};

}  // namespace moot::log
