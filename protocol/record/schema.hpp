#pragma once
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "record/name_table.hpp"

/// The embedded schemas as the checker uses them: compiled once, never changed afterwards, shared
/// by all threads.
namespace moot::record {

enum class Type : std::uint8_t { object, array, string, number };
enum class Format : std::uint8_t { any, uuid, uri, email, date, date_time, time_of_day };

class ObjectRule;

/// What one value must be.
struct Rule {
  Type type = Type::string;
  Format format = Format::any;
  std::vector<std::string> one_of;  ///< the only texts allowed, when not empty
  double minimum = std::numeric_limits<double>::lowest();
  double maximum = std::numeric_limits<double>::max();
  std::unique_ptr<const Rule> items;  ///< of an array
  const ObjectRule* object =
      nullptr;  ///< of an object; owned by the Schemas, since objects nest in themselves
};

/// The fields of one sort of object.
class ObjectRule {
 public:
  static constexpr std::size_t fields_max = 64;  ///< one bit each in a word of those seen

  void add(std::string_view name, Rule rule);
  void require(std::string_view name);

  /// The field's number, or -1.
  int find(std::string_view name) const { return names_.find(name); }
  const std::string& name(std::size_t field) const { return names_.name(field); }
  const Rule& rule(std::size_t field) const { return rules_[field]; }
  std::size_t size() const { return rules_.size(); }
  /// One bit for each field that must be there.
  std::uint64_t required() const { return required_; }

 private:
  NameTable names_;
  std::vector<Rule> rules_;
  std::uint64_t required_ = 0;
};

class Schemas {
 public:
  static constexpr std::size_t kinds_max = 8;  ///< one byte each in a word of votes

  /// Compiles what is embedded. Aborts on a keyword that it does not check, so that no schema
  /// promises more than is done.
  Schemas();
  ~Schemas();
  Schemas(const Schemas&) = delete;
  Schemas& operator=(const Schemas&) = delete;

  /// The rule of known_kinds()[number].
  const ObjectRule& kind(std::size_t number) const { return *kinds_[number]; }
  /// The number of a kind in known_kinds(), or -1.
  int number_of(std::string_view kind) const;
  /// For a field that tells kinds apart: a word with a one in byte n when kind n has that field.
  /// Zero for the fields that nearly all kinds have (id, name, description, attributes, metadata)
  /// and for those that none has.
  std::uint64_t votes(std::string_view field) const;

 private:
  class Compiler;

  std::map<std::string, std::unique_ptr<ObjectRule>>
      objects_;  ///< by reference: "common.json#/$defs/phone"
  std::vector<const ObjectRule*> kinds_;
  NameTable voters_;
  std::vector<std::uint64_t> votes_;
};

/// Compiled at the first call.
const Schemas& schemas();

}  // namespace moot::record
