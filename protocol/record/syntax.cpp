#include "record/syntax.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/limits.hpp"
#include "record/render.hpp"
#include "record/scan.hpp"

namespace moot::record {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The bytes of the UTF-8 sequence at the start (RFC 3629), 0 when it is none.
std::size_t sequence_bytes(std::string_view text) {
  const auto byte = [text](std::size_t i) {
    return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0U;
  };
  const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xc0U) == 0x80U; };
  const unsigned first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first <= 0xdf) return follows(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    const bool overlong = first == 0xe0 && byte(1) < 0xa0;
    const bool surrogate = first == 0xed && byte(1) > 0x9f;
    return follows(1) && follows(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const bool overlong = first == 0xf0 && byte(1) < 0x90;
    const bool beyond = first == 0xf4 && byte(1) > 0x8f;
    return follows(1) && follows(2) && follows(3) && !overlong && !beyond ? 4 : 0;
  }
  return 0;
}

}  // namespace

bool SyntaxReader::value() {
  Next next = Next::value;
  done_ = false;
  while (!done_) {
    at_ = skip_space(text_, at_);
    if (!step(next)) return false;
  }
  return true;
}

bool SyntaxReader::step(Next& next) {
  const char c = at_ < text_.size() ? text_[at_] : '\0';
  switch (next) {
    case Next::value_or_end:
      if (c == ']') return close(next);
      [[fallthrough]];
    case Next::value:
      if (c == '{' || c == '[') return open(c, next);
      if (c == ']' && !open_.empty() && open_.back() == '[') {
        return refuse("another value after the comma", "Take away the comma before the ].");
      }
      if (!scalar()) return false;
      next = Next::comma_or_end;
      done_ = open_.empty();
      return true;
    case Next::key_or_end:
      if (c == '}') return close(next);
      [[fallthrough]];
    case Next::key:
      if (c != '"') {
        const bool comma_before_end = next == Next::key && c == '}';
        return refuse("a field name in quotation marks",
                      comma_before_end ? "Take away the comma before the }." : "");
      }
      if (!string()) return false;
      at_ = skip_space(text_, at_);
      if (at_ == text_.size() || text_[at_] != ':') return refuse("a colon after the field name");
      ++at_;
      next = Next::value;
      return true;
    case Next::comma_or_end:
      if (c == (open_.back() == '{' ? '}' : ']')) return close(next);
      if (c != ',') return refuse(open_.back() == '{' ? "a comma or }" : "a comma or ]");
      ++at_;
      next = open_.back() == '{' ? Next::key : Next::value;
      return true;
  }
  return false;
}

bool SyntaxReader::open(char bracket, Next& next) {
  if (open_.size() == limits::json_depth_max) {
    return refuse("at most " + std::to_string(limits::json_depth_max) +
                  " objects and lists within one another");
  }
  open_.push_back(bracket);
  ++at_;
  next = bracket == '{' ? Next::key_or_end : Next::value_or_end;
  return true;
}

bool SyntaxReader::close(Next& next) {
  open_.pop_back();
  ++at_;
  next = Next::comma_or_end;
  done_ = open_.empty();
  return true;
}

bool SyntaxReader::scalar() {
  switch (at_ < text_.size() ? text_[at_] : '\0') {
    case '"':
      return string();
    case 't':
      return literal("true");
    case 'f':
      return literal("false");
    case 'n':
      return literal("null");
    case '\'':
      return refuse("a value", "Text stands between \" and \", not between ' and '.");
    default:
      return number();
  }
}

bool SyntaxReader::literal(std::string_view word) {
  if (!text_.substr(at_).starts_with(word)) return refuse("a value");
  at_ += word.size();
  return true;
}

bool SyntaxReader::number() {
  const std::size_t start = at_;
  std::size_t end = start;
  const auto digits = [this, &end] {
    const std::size_t first = end;
    while (end < text_.size() && is_digit(text_[end])) ++end;
    return end - first;
  };
  const auto skip = [this, &end](std::string_view letters) {
    const bool there = end < text_.size() && letters.find(text_[end]) != std::string_view::npos;
    if (there) ++end;
    return there;
  };
  skip("-");
  const std::size_t whole_at = end;
  if (digits() == 0) return refuse("a value");
  if (text_[whole_at] == '0' && end - whole_at > 1) {
    return refuse("a number without a zero in front",
                  "Put it in quotation marks if it is no quantity.");
  }
  bool is_whole = true;
  if (skip(".")) {
    is_whole = false;
    if (digits() == 0) return refuse("a digit after the point of a number");
  }
  if (skip("eE")) {
    is_whole = false;
    skip("+-");
    if (digits() == 0) return refuse("a digit in the exponent of a number");
  }
  const char* first = text_.data() + start;
  const char* last = text_.data() + end;
  bool fits = false;
  if (is_whole) {
    std::int64_t with_sign = 0;
    std::uint64_t without = 0;
    fits = std::from_chars(first, last, with_sign).ec == std::errc() ||
           std::from_chars(first, last, without).ec == std::errc();
  } else {
    double real = 0;
    // Out of range is too large, or so small that the fast parser takes it for zero.
    const std::size_t exponent = text_.substr(start, end - start).find_first_of("eE");
    const bool is_small = exponent == std::string_view::npos ? text_[whole_at] == '0'
                                                             : text_[start + exponent + 1] == '-';
    fits = std::from_chars(first, last, real).ec == std::errc() || is_small;
  }
  if (!fits)
    return refuse("a number that fits 64 bits", "Put it in quotation marks if it is no quantity.");
  at_ = end;
  return true;
}

bool SyntaxReader::string() {
  const std::size_t start = at_++;
  while (at_ < text_.size() && text_[at_] != '"') {
    if (!(text_[at_] == '\\' ? escape() : character())) return false;
  }
  if (at_ == text_.size()) {
    at_ = start;
    return refuse("text that ends with a quotation mark");
  }
  ++at_;
  return true;
}

bool SyntaxReader::character() {
  const auto byte = static_cast<std::uint8_t>(text_[at_]);
  if (byte == '\n' || byte == '\r') {
    return refuse("a quotation mark that ends the text",
                  "A line break within text is written as \\n.");
  }
  if (byte < 0x20)
    return refuse("no control characters within text", "A tab within text is written as \\t.");
  const std::size_t bytes = sequence_bytes(text_.substr(at_));
  if (bytes == 0) return refuse("text in UTF-8", "Save the file again as UTF-8.");
  at_ += bytes;
  return true;
}

std::optional<unsigned> SyntaxReader::four_digits() const {
  if (text_.size() - at_ < 6 || text_[at_] != '\\' || text_[at_ + 1] != 'u') return std::nullopt;
  unsigned code = 0;
  const char* first = text_.data() + at_ + 2;
  const auto [end, error] = std::from_chars(first, first + 4, code, 16);
  if (error != std::errc() || end != first + 4) return std::nullopt;
  return code;
}

bool SyntaxReader::escape() {
  const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
  if (kind != 'u') {
    if (kind == '\0' || std::string_view("\"\\/bfnrt").find(kind) == std::string_view::npos) {
      return refuse("\\ and one of \" \\ / b f n r t u", "A \\ itself is written as \\\\.");
    }
    at_ += 2;
    return true;
  }
  const std::optional<unsigned> code = four_digits();
  if (!code) return refuse("\\u and four hexadecimal digits");
  const bool is_high = *code >= 0xd800 && *code <= 0xdbff;
  if (*code >= 0xdc00 && *code <= 0xdfff)
    return refuse("a character: half of a surrogate pair is none");
  const std::size_t start = at_;
  at_ += 6;
  if (!is_high) return true;
  const std::optional<unsigned> low = at_ < text_.size() ? four_digits() : std::nullopt;
  if (!low || *low < 0xdc00 || *low > 0xdfff) {
    at_ = start;
    return refuse("a character: half of a surrogate pair is none");
  }
  at_ += 6;
  return true;
}

bool SyntaxReader::refuse(std::string allowed, std::string hint) {
  error_.offset = at_;
  if (at_ >= text_.size()) {
    error_.found = "the end of the text";
  } else {
    const std::string_view rest = text_.substr(at_);
    error_.found = quoted(rest.substr(0, std::min(rest.find_first_of("\r\n", 1), rest.size())), 20);
  }
  error_.allowed = std::move(allowed);
  error_.hint = std::move(hint);
  return false;
}

std::optional<SyntaxError> find_syntax_error(std::string_view text) {
  SyntaxReader reader(text);
  if (!reader.value()) return reader.error();
  const std::size_t end = skip_space(text, reader.at());
  if (end == text.size()) return std::nullopt;
  return SyntaxError{end, quoted(text.substr(end), 20), "the end of the text", ""};
}

}  // namespace moot::record
