#include "command/recovery_code.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "command/render.hpp"
#include "log/bech32m.hpp"
#include "log/words.hpp"

namespace moot::command {
namespace {

// With its five characters the code has 64, and differs from an organisation id (`moot`) at a
// glance.
constexpr std::string_view prefix = "mootr";
constexpr std::size_t seed_bytes = 32;
constexpr std::size_t code_characters = 64;
constexpr std::size_t group = 4;

Error mistyped(std::string message, std::string hint) {
  return {.code = "usage", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

Error explain(const log::WordFault& fault) {
  if (fault.fault == log::Fault::bad_value) {
    const std::string hint = fault.nearest.empty()
                                 ? "look at the sheet again: it has common English words only"
                                 : "did you mean `" + fault.nearest + "`?";
    return mistyped("word " + std::to_string(fault.number) + ", `" +
                        printable(fault.word.substr(0, 32)) +
                        "`, is none of the words that such a sheet has",
                    hint);
  }
  if (fault.fault == log::Fault::bad_checksum) {
    return mistyped("each word is right by itself, but together they are no key",
                    "compare them with the sheet: one was taken for another, or two stand in the "
                    "wrong order");
  }
  if (fault.number != log::word_count) {
    return mistyped("a recovery sheet has 27 words, and here are " + std::to_string(fault.number),
                    "type all of them, in their order");
  }
  return mistyped("there is a sign among the words that does not belong there",
                  "type letters and spaces only");
}

/// Begins as a code does, however it is grouped?
bool is_code(std::string_view text) {
  std::string start;
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '\n' || c == '\r') continue;
    start += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (start.size() > prefix.size()) break;
  }
  return start == std::string(prefix) + "1";
}

}  // namespace

std::string recovery_code(const crypto::SigningKey& reserve_key) {
  std::string text = log::to_bech32m(prefix, reserve_key.seed().view());
  MOOT_CHECK(text.size() == code_characters, text.size());
  std::string code;
  code.reserve(code_characters + code_characters / group);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i > 0 && i % group == 0) code += ' ';
    code += text[i];
  }
  wipe_text(text);
  return code;
}

Result<crypto::SigningKey, log::Fault> read_recovery_code(std::string_view text) {
  std::string characters;
  characters.reserve(code_characters + 1);
  for (const char c : text) {
    if (c == ' ' || c == '-' || c == '\n' || c == '\r') continue;
    if (characters.size() == code_characters) return fail(log::Fault::bad_text);
    characters += c;
  }
  auto seed = log::from_bech32m(prefix, characters);
  wipe_text(characters);
  if (!seed) return fail(seed.error());
  if (seed->size() != seed_bytes) {
    crypto::wipe(*seed);
    return fail(log::Fault::bad_text);
  }
  return crypto::SigningKey::from_seed(std::span(*seed).first<seed_bytes>());
}

Result<crypto::SigningKey, Error> read_recovery(std::string_view text) {
  if (text.starts_with("moot/recovery/v1\n")) {
    const std::size_t at = text.find("\ncode ");
    if (at == std::string_view::npos) {
      return fail(mistyped("this recovery sheet holds no code", "type its words: --words"));
    }
    text.remove_prefix(at + 6);
    text = text.substr(0, text.find('\n'));
  }
  if (!is_code(text)) {
    auto key = log::parse_words(text);
    if (!key) return fail(explain(key.error()));
    return std::move(*key);
  }
  auto key = read_recovery_code(text);
  if (!key) {
    return fail(
        mistyped("the recovery code was mistyped: " + std::string(log::describe(key.error())),
                 "compare it with the sheet, sign by sign; the words will do too"));
  }
  return std::move(*key);
}

void wipe_text(std::string& text) {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

}  // namespace moot::command
