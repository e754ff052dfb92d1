#pragma once
#include <string>

#include "base/bytes.hpp"

namespace moot::audit {

/// Writes JSON (RFC 8259) into a text, member by member. Keys and texts are UTF-8; an audit has too
/// little JSON to write for a package. The caller closes what it opens.
class JsonText {
 public:
  JsonText& begin_object(std::string_view key = {}) { return open(key, '{'); }
  JsonText& end_object() { return close('}'); }
  JsonText& begin_array(std::string_view key = {}) { return open(key, '['); }
  JsonText& end_array() { return close(']'); }
  /// With a key inside an object, without one inside an array.
  JsonText& text(std::string_view key, std::string_view value);
  JsonText& text(std::string_view value) { return text({}, value); }
  JsonText& number(std::string_view key, std::uint64_t value);
  JsonText& flag(std::string_view key, bool value);
  std::string take() { return std::move(out_); }

 private:
  JsonText& open(std::string_view key, char bracket);
  JsonText& close(char bracket);
  void begin_member(std::string_view key);
  void quote(std::string_view value);

  std::string out_;
  bool needs_comma_ = false;
};

}  // namespace moot::audit
