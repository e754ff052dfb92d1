#pragma once
#include <string_view>
#include <vector>

#include "base/limits.hpp"
#include "record/place.hpp"
#include "record/report.hpp"
#include "record/schema.hpp"

namespace simdjson::dom {
class element;
class object;
}  // namespace simdjson::dom

namespace moot::record {

/// What the fast parser is given so that it takes limits::json_depth_max levels: it counts one
/// beyond. (An empty list or object may stand one level deeper still, since it does not count
/// those.)
inline constexpr std::size_t parser_depth = limits::json_depth_max + 1;

/// Goes through one parsed record and reports every value that its rule does not allow. Allocates
/// nothing while all is well. Recursion is bounded by the depth that the parser took. One thread;
/// lives in one call.
class Walk {
 public:
  /// `names` is working memory that the caller keeps from record to record; it is left empty.
  Walk(std::string_view text, const Place& place, Report& report,
       std::vector<std::string_view>& names)
      : text_(text), place_(place), report_(report), names_(names) {}

  /// `is_deduced`: nobody said the kind, so a missing field may mean that it is another.
  void known_kind(std::size_t kind, simdjson::dom::object object, bool is_deduced);
  /// Of a kind that we have no schema for: a UUID called id, and no field twice.
  void unknown_kind(simdjson::dom::object object);
  /// No record but what stands around a list of them: no field twice.
  void page(simdjson::dom::object object);

 private:
  /// A step from the record to the value that is looked at; the steps are on the stack.
  struct Step {
    const Step* up;
    std::string_view name;  ///< of a field; else empty data and `index`
    std::size_t index;
  };

  void object(const ObjectRule& rule, simdjson::dom::object object, const Step* here);
  void value(const Rule& rule, simdjson::dom::element value, const Step& here);
  void text(const Rule& rule, simdjson::dom::element value, const Step& here);
  void free_value(simdjson::dom::element value, const Step& here);
  void missing(const ObjectRule& rule, std::uint64_t fields, const Step* here);
  void twice(std::string_view name, const Step* here);
  void names_twice(std::size_t from, const Step* here);
  void wrong(const Rule& rule, simdjson::dom::element value, const Step& here);
  std::string place_of(const Step* here, std::string_view field) const;

  std::string_view text_;
  const Place& place_;
  Report& report_;
  std::vector<std::string_view>& names_;
  std::string_view deduced_;  ///< the kind, when nobody named it
  bool takes_null_ = false;
};

}  // namespace moot::record
