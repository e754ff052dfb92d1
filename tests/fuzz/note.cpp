// Hostile notes and checkpoints: what is read is written again to the same bytes, no checkpoint
// that the log key has not signed is verified, and a key that is read has one text.
#include "log/note.hpp"

#include "base/check.hpp"
#include "crypto/secret.hpp"
#include "log/checkpoint.hpp"

namespace {

using namespace moot;
using namespace moot::log;

crypto::SigningKey fixed_key(std::uint8_t seed) {
  FixedBytes<32> bytes;
  bytes.fill(seed);
  return crypto::SigningKey::from_seed(bytes);
}

const Identity& identity() {
  static const Identity value = [] {
    MOOT_CHECK(crypto::start_library());
    const auto key = fixed_key(1).public_key().bytes();
    return Identity::begin(make_first_establish({1, {key}, 1, {key}}, fixed_key(1))).value();
  }();
  return value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string honest =
      sign_checkpoint(identity().organisation(), {1, empty_root()}, fixed_key(1));
  const std::string_view text = text_of({data, size});
  if (const auto note = parse_note(text)) {
    MOOT_CHECK(to_text(*note) == text, size);
    const auto key = log_verifier_key(identity().organisation(), fixed_key(1).public_key().bytes());
    MOOT_CHECK(!verify_note(*note, key) || note->text == parse_note(honest)->text);
  }
  if (const auto head = read_head(text)) {
    MOOT_CHECK(text.starts_with(head->first + "\n" + std::to_string(head->second.size) + "\n"));
  }
  const auto read = read_checkpoint(text);
  const auto checked = check_checkpoint(text, identity());
  MOOT_CHECK(!checked || (read && read->head == Head{1, empty_root()}));
  if (const auto key = parse_verifier_key(text)) MOOT_CHECK(to_text(*key) == text);
  return 0;
}
