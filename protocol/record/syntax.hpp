#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace moot::record {

/// Why a text is no JSON, and where: the fast parser only says that it is not.
struct SyntaxError {
  std::size_t offset = 0;  ///< in bytes
  std::string found;
  std::string allowed;
  std::string hint;
};

/// Reads JSON after RFC 8259 byte by byte, strictly: UTF-8, no unpaired surrogate, no deeper than
/// limits::json_depth_max, numbers that the fast parser takes too. Slow beside it, and only asked
/// when that has refused a text, or for the few parts that it does not see. No recursion. One
/// thread.
class SyntaxReader {
 public:
  explicit SyntaxReader(std::string_view text, std::size_t at = 0) : text_(text), at_(at) {}

  /// Reads one value with the white space before it; false with error() set when there is none.
  bool value();
  std::size_t at() const { return at_; }
  const SyntaxError& error() const { return error_; }

 private:
  enum class Next { value, value_or_end, key, key_or_end, comma_or_end };

  bool step(Next& next);
  bool scalar();
  bool literal(std::string_view word);
  bool number();
  bool string();
  bool escape();
  bool character();
  std::optional<unsigned> four_digits() const;
  bool open(char bracket, Next& next);
  bool close(Next& next);
  bool refuse(std::string allowed, std::string hint = {});

  std::string_view text_;
  std::size_t at_;
  std::string open_;  ///< the brackets that are open
  bool done_ = false;
  SyntaxError error_;
};

/// What is wrong with `text` as one JSON value between white space; nullopt when nothing is.
std::optional<SyntaxError> find_syntax_error(std::string_view text);

}  // namespace moot::record
