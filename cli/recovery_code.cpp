#include "command/recovery_code.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "log/bech32m.hpp"

namespace moot::command {
namespace {

// With its five characters the code has 64, and differs from an organisation id (`moot`) at a
// glance.
constexpr std::string_view prefix = "mootr";
constexpr std::size_t seed_bytes = 32;
constexpr std::size_t code_characters = 64;
constexpr std::size_t group = 4;

void wipe(std::string& text) {
  crypto::wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
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
  wipe(text);
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
  wipe(characters);
  if (!seed) return fail(seed.error());
  if (seed->size() != seed_bytes) {
    crypto::wipe(*seed);
    return fail(log::Fault::bad_text);
  }
  return crypto::SigningKey::from_seed(std::span(*seed).first<seed_bytes>());
}

}  // namespace moot::command
