#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/check.hpp"

namespace moot::record {

/// Field names to small numbers, in the order of adding. Looked up once for every field of every
/// record that is published, so it is one hash of four characters and, nearly always, one
/// comparison. Not for names that a peer chooses: only for our own.
class NameTable {
 public:
  /// The name's number; the old one if it is there already.
  std::size_t add(std::string_view name) {
    if (const int known = find(name); known >= 0) return static_cast<std::size_t>(known);
    MOOT_CHECK(!name.empty() && names_.size() < slots_.size() / 2, name);
    std::size_t slot = slot_of(name);
    while (slots_[slot] != 0) slot = (slot + 1) % slots_.size();
    names_.emplace_back(name);
    slots_[slot] = static_cast<std::uint8_t>(names_.size());
    return names_.size() - 1;
  }

  /// The name's number, or -1.
  int find(std::string_view name) const {
    if (name.empty()) return -1;
    for (std::size_t slot = slot_of(name);; slot = (slot + 1) % slots_.size()) {
      const std::uint8_t entry = slots_[slot];
      if (entry == 0) return -1;
      if (names_[entry - 1U] == name) return entry - 1;
    }
  }

  const std::string& name(std::size_t number) const { return names_[number]; }
  std::size_t size() const { return names_.size(); }

 private:
  static std::size_t slot_of(std::string_view name) {
    const auto at = [name](std::size_t i) {
      return static_cast<std::size_t>(static_cast<std::uint8_t>(name[i]));
    };
    const std::size_t n = name.size();
    return (n * 37 + at(0) * 5 + at(n / 2) * 17 + at(n - 1) * 3) %
           std::tuple_size_v<decltype(slots_)>;
  }

  std::vector<std::string> names_;
  std::array<std::uint8_t, 256>
      slots_{};  ///< number + 1; 0 is free; at most half full, so that a search ends soon
};

}  // namespace moot::record
