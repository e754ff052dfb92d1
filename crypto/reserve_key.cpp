#include "crypto/reserve_key.hpp"

#include <sodium.h>

#include <array>
#include <cerrno>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/secret_file.hpp"

namespace moot::crypto {
namespace {

constexpr std::string_view first_line = "moot/reserve-key/v1\n";
constexpr std::size_t seed_bytes = 32;

static_assert(std::tuple_size_v<decltype(SealedReserveKey::salt)> == crypto_pwhash_SALTBYTES);
static_assert(std::tuple_size_v<decltype(SealedReserveKey::nonce)> ==
              crypto_aead_xchacha20poly1305_ietf_NPUBBYTES);
static_assert(std::tuple_size_v<decltype(SealedReserveKey::sealed)> ==
              seed_bytes + crypto_aead_xchacha20poly1305_ietf_ABYTES);

Bytes encode(std::uint64_t number) { return Writer().u64(number).take(); }

/// The lines before the sealed seed: what it is bound to.
std::string lines_before(const SealedReserveKey& key) {
  std::string text(first_line);
  for (const Bytes& field : {encode(key.cost.rounds), encode(key.cost.memory_bytes),
                             to_bytes(key.salt), to_bytes(key.nonce)}) {
    text += to_base64(field) + '\n';
  }
  return text;
}

bool is_affordable(const PassphraseCost& cost) {
  return cost.rounds >= crypto_pwhash_OPSLIMIT_MIN &&
         cost.rounds <= limits::passphrase_rounds_max &&
         cost.memory_bytes >= crypto_pwhash_MEMLIMIT_MIN &&
         cost.memory_bytes <= limits::passphrase_memory_bytes_max;
}

/// The next line of base64, of exactly N bytes.
template <std::size_t N>
Result<FixedBytes<N>, Fault> take_field(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return fail(Fault::bad_encoding);
  const auto bytes = from_base64(text.substr(0, end));
  if (!bytes || bytes->size() != N) return fail(Fault::bad_encoding);
  text.remove_prefix(end + 1);
  FixedBytes<N> out;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

Result<Secret<32>, Fault> derive(const SealedReserveKey& key, std::string_view passphrase) {
  MOOT_CHECK(is_affordable(key.cost), key.cost.rounds, key.cost.memory_bytes);
  Secret<32> derived;
  if (crypto_pwhash(derived.writable().data(), derived.view().size(), passphrase.data(),
                    passphrase.size(), key.salt.data(), key.cost.rounds, key.cost.memory_bytes,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return fail(Fault::no_memory);
  }
  derived.seal();
  return derived;
}

bool is_usable(std::string_view passphrase) {
  return !passphrase.empty() && passphrase.size() <= limits::passphrase_bytes_max;
}

}  // namespace

PassphraseCost usual_cost() {
  return {crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE};
}
PassphraseCost small_cost() {
  return {crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE};
}

std::string to_text(const SealedReserveKey& key) {
  return lines_before(key) + to_base64(key.sealed) + '\n';
}

Result<SealedReserveKey, Fault> parse_reserve_key(std::string_view text) {
  if (text.size() > limits::file_key_bytes_max) return fail(Fault::unknown_format);
  if (text.starts_with("moot/log-key/") || text.starts_with("moot/node-key/")) {
    return fail(Fault::wrong_use);
  }
  if (!text.starts_with(first_line)) return fail(Fault::unknown_format);
  text.remove_prefix(first_line.size());
  const auto rounds = take_field<8>(text);
  if (!rounds) return fail(rounds.error());
  const auto memory = take_field<8>(text);
  if (!memory) return fail(memory.error());
  const auto salt = take_field<16>(text);
  if (!salt) return fail(salt.error());
  const auto nonce = take_field<24>(text);
  if (!nonce) return fail(nonce.error());
  const auto sealed = take_field<48>(text);
  if (!sealed) return fail(sealed.error());
  if (!text.empty()) return fail(Fault::bad_encoding);
  SealedReserveKey key{.cost = {Reader(*rounds).u64(), Reader(*memory).u64()},
                       .salt = *salt,
                       .nonce = *nonce,
                       .sealed = *sealed};
  if (!is_affordable(key.cost)) return fail(Fault::too_costly);
  return key;
}

Result<SealedReserveKey, Fault> seal_reserve_key(const SigningKey& key, std::string_view passphrase,
                                                 const PassphraseCost& cost) {
  MOOT_CHECK(is_usable(passphrase), passphrase.size());
  SealedReserveKey out{.cost = cost, .salt = {}, .nonce = {}, .sealed = {}};
  random_bytes(out.salt);
  random_bytes(out.nonce);
  const auto derived = derive(out, passphrase);
  if (!derived) return fail(derived.error());
  const std::string bound = lines_before(out);
  const Secret<32> seed = key.seed();
  crypto_aead_xchacha20poly1305_ietf_encrypt(out.sealed.data(), nullptr, seed.view().data(),
                                             seed_bytes, view_of(bound).data(), bound.size(),
                                             nullptr, out.nonce.data(), derived->view().data());
  return out;
}

Result<SigningKey, Fault> open_reserve_key(const SealedReserveKey& key,
                                           std::string_view passphrase) {
  if (!is_affordable(key.cost)) return fail(Fault::too_costly);
  if (!is_usable(passphrase)) return fail(Fault::wrong_passphrase);
  const auto derived = derive(key, passphrase);
  if (!derived) return fail(derived.error());
  const std::string bound = lines_before(key);
  Secret<32> seed;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(
          seed.writable().data(), nullptr, nullptr, key.sealed.data(), key.sealed.size(),
          view_of(bound).data(), bound.size(), key.nonce.data(), derived->view().data()) != 0) {
    return fail(Fault::wrong_passphrase);
  }
  return SigningKey::from_seed(seed.writable());
}

Result<Done, Fault> write_reserve_key_file(const std::filesystem::path& path,
                                           const SealedReserveKey& key) {
  return write_secret_file(path, view_of(to_text(key)), Guard::passphrase);
}

Result<SealedReserveKey, Fault> read_reserve_key_file(const std::filesystem::path& path) {
  std::array<std::uint8_t, limits::file_key_bytes_max> buffer{};
  const auto count = read_secret_file(path, buffer, Guard::passphrase);
  if (!count) return fail(count.error());
  return parse_reserve_key(text_of(ByteView(buffer).first(*count)));
}

}  // namespace moot::crypto
