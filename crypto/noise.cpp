#include "crypto/noise.hpp"

#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "crypto/hash.hpp"
#include "crypto/noise_primitives.hpp"

namespace moot::crypto {
namespace {

constexpr std::string_view protocol_name = "Noise_XX_25519_ChaChaPoly_SHA256";
static_assert(protocol_name.size() ==
              sizeof(Hash));  // so it is h as it stands, neither padded nor hashed

constexpr std::size_t key_bytes = 32;
constexpr std::size_t sealed_key_bytes = key_bytes + noise::tag_bytes;

enum class Token { none, e, s, ee, es, se };

struct Pattern {
  std::array<Token, 4> tokens;
  std::size_t token_bytes;    ///< what the tokens take in the message
  std::size_t payload_extra;  ///< the payload's tag, once there is a key
};

constexpr Pattern messages[] = {
    {{Token::e, Token::none, Token::none, Token::none}, key_bytes, 0},
    {{Token::e, Token::ee, Token::s, Token::es}, key_bytes + sealed_key_bytes, noise::tag_bytes},
    {{Token::s, Token::se, Token::none, Token::none}, sealed_key_bytes, noise::tag_bytes},
};
constexpr std::size_t messages_in_all = std::size(messages);

}  // namespace

DhKeyPair DhKeyPair::generate() {
  FixedBytes<32> secret;
  random_bytes(secret);
  return from_secret(secret);
}

DhKeyPair DhKeyPair::from_secret(std::span<std::uint8_t, 32> secret) {
  DhKeyPair pair{Secret<32>(secret), {}};
  noise::x25519_public(pair.secret.view(), pair.public_key);
  return pair;
}

/// The names of the section of Noise that it follows (5.2, 5.3) where they are plain.
struct NoiseHandshake::State {
  Role role;
  DhKeyPair own_static;
  std::optional<DhKeyPair> own_ephemeral;
  FixedBytes<32> peer_ephemeral{};
  FixedBytes<32> peer_static{};
  bool is_peer_static_known = false;

  Secret<32> chaining_key;
  Secret<32> key;
  bool has_key = false;
  std::uint64_t nonce = 0;
  Hash h{};
  Hash peer_payload_hash{};

  std::size_t done = 0;  ///< messages that were written or read whole
  bool has_written_tokens = false;
  bool is_dead = false;  ///< a message did not authenticate: its half-mixed state is never used
  bool is_split = false;

  State(Role given_role, DhKeyPair static_key, std::optional<DhKeyPair> ephemeral)
      : role(given_role), own_static(std::move(static_key)), own_ephemeral(std::move(ephemeral)) {}

  bool is_finished() const { return !is_dead && done == messages_in_all; }
  bool is_my_turn() const {
    return !is_dead && done < messages_in_all && (done % 2 == 0) == (role == Role::initiator);
  }
  const Pattern& pattern() const { return messages[done]; }

  void mix_hash(ByteView bytes) { h = sha256(h, bytes); }

  void mix_key(ByteView input) {
    const auto chaining = chaining_key.writable();
    noise::hkdf(chaining, input, chaining, key.writable());
    has_key = true;
    nonce = 0;
  }

  [[nodiscard]] bool mix_dh(const DhKeyPair& own, const FixedBytes<32>& peer) {
    FixedBytes<32> shared{};
    const bool is_sound = noise::x25519(own.secret.view(), peer, shared);
    if (is_sound) mix_key(shared);
    wipe(shared);
    return is_sound;
  }

  /// es is the initiator's ephemeral key with the responder's static one, se the reverse.
  [[nodiscard]] bool mix_dh(Token token) {
    MOOT_CHECK(own_ephemeral.has_value());  // each side's first message makes it
    if (token == Token::ee) return mix_dh(*own_ephemeral, peer_ephemeral);
    const bool is_own_ephemeral = (token == Token::es) == (role == Role::initiator);
    return is_own_ephemeral ? mix_dh(*own_ephemeral, peer_static)
                            : mix_dh(own_static, peer_ephemeral);
  }

  /// Encrypts the last bytes of `message`, from `start` on, and binds them.
  void encrypt_and_hash(Bytes& message, std::size_t start) {
    if (has_key) {
      message.resize(message.size() + noise::tag_bytes);
      noise::seal(key.view(), noise::nonce_of(nonce++), h, std::span(message).subspan(start));
    }
    mix_hash(ByteView(message).subspan(start));
  }

  /// Decrypts `bytes` in place, binds what came, and answers the plain text; nothing when it does
  /// not authenticate.
  std::optional<std::span<std::uint8_t>> decrypt_and_hash(std::span<std::uint8_t> bytes) {
    const Hash next = sha256(h, bytes);
    if (has_key) {
      if (!noise::open(key.view(), noise::nonce_of(nonce++), h, bytes)) return std::nullopt;
      bytes = bytes.first(bytes.size() - noise::tag_bytes);
    }
    h = next;
    return bytes;
  }

  [[nodiscard]] bool write_token(Token token, Bytes& message) {
    switch (token) {
      case Token::none:
        return true;
      case Token::e:
        if (!own_ephemeral) own_ephemeral = DhKeyPair::generate();
        append(message, own_ephemeral->public_key);
        mix_hash(own_ephemeral->public_key);
        return true;
      case Token::s:
        append(message, own_static.public_key);
        encrypt_and_hash(message, message.size() - key_bytes);
        return true;
      case Token::ee:
      case Token::es:
      case Token::se:
        return mix_dh(token);
    }
    MOOT_CHECK(false, static_cast<int>(token));
  }

  /// Takes what the token needs from the front of `rest`, which the caller has measured.
  [[nodiscard]] bool read_token(Token token, std::span<std::uint8_t>& rest) {
    switch (token) {
      case Token::none:
        return true;
      case Token::e:
        std::copy_n(rest.begin(), key_bytes, peer_ephemeral.begin());
        rest = rest.subspan(key_bytes);
        mix_hash(peer_ephemeral);
        return true;
      case Token::s: {
        const auto plain = decrypt_and_hash(rest.first(sealed_key_bytes));
        if (!plain) return false;
        std::copy_n(plain->begin(), key_bytes, peer_static.begin());
        is_peer_static_known = true;
        rest = rest.subspan(sealed_key_bytes);
        return true;
      }
      case Token::ee:
      case Token::es:
      case Token::se:
        return mix_dh(token);
    }
    MOOT_CHECK(false, static_cast<int>(token));
  }

  /// The handshake is over, well or badly: nothing secret outlives it but the static key, which has
  /// other sessions.
  void forget_secrets() {
    const Secret<32> gone[] = {std::move(chaining_key), std::move(key)};
    own_ephemeral.reset();
  }

  tl::unexpected<Fault> die(Fault fault) {
    is_dead = true;
    forget_secrets();
    return fail(fault);
  }
};

NoiseHandshake::NoiseHandshake(Role role, ByteView prologue, DhKeyPair static_key,
                               std::optional<DhKeyPair> ephemeral_for_tests)
    : state_(std::make_unique<State>(role, std::move(static_key), std::move(ephemeral_for_tests))) {
  std::ranges::copy(view_of(protocol_name), state_->h.begin());
  std::ranges::copy(state_->h, state_->chaining_key.writable().begin());
  state_->mix_hash(prologue);
}

NoiseHandshake::NoiseHandshake(NoiseHandshake&&) noexcept = default;
NoiseHandshake& NoiseHandshake::operator=(NoiseHandshake&&) noexcept = default;
NoiseHandshake::~NoiseHandshake() = default;

bool NoiseHandshake::is_my_turn() const { return state_->is_my_turn(); }

bool NoiseHandshake::is_finished() const { return state_->is_finished(); }

Result<Bytes, Fault> NoiseHandshake::write(ByteView payload) {
  if (!is_my_turn() || state_->has_written_tokens) return fail(Fault::bad_handshake);
  const Pattern& pattern = state_->pattern();
  if (payload.size() >
      limits::noise_message_bytes_max - pattern.token_bytes - pattern.payload_extra) {
    return fail(Fault::message_too_long);
  }
  Result<Bytes, Fault> message = write_tokens();
  if (!message) return message;
  return write_payload(std::move(*message), payload);
}

Result<Bytes, Fault> NoiseHandshake::write_tokens() {
  if (!is_my_turn() || state_->has_written_tokens) return fail(Fault::bad_handshake);
  const Pattern& pattern = state_->pattern();
  Bytes message;
  message.reserve(pattern.token_bytes);
  for (const Token token : pattern.tokens) {
    if (!state_->write_token(token, message)) return state_->die(Fault::bad_handshake);
  }
  state_->has_written_tokens = true;
  return message;
}

Result<Bytes, Fault> NoiseHandshake::write_payload(Bytes message, ByteView payload) {
  if (!state_->has_written_tokens) return fail(Fault::bad_handshake);
  const Pattern& pattern = state_->pattern();
  MOOT_CHECK(message.size() == pattern.token_bytes, message.size());
  if (payload.size() > limits::noise_message_bytes_max - message.size() - pattern.payload_extra) {
    return fail(Fault::message_too_long);
  }
  message.reserve(message.size() + payload.size() + pattern.payload_extra);
  append(message, payload);
  state_->encrypt_and_hash(message, pattern.token_bytes);
  state_->has_written_tokens = false;
  ++state_->done;
  return message;
}

Result<Bytes, Fault> NoiseHandshake::read(ByteView message) {
  if (state_->is_dead || is_finished() || is_my_turn()) return fail(Fault::bad_handshake);
  const Pattern& pattern = state_->pattern();
  if (message.size() > limits::noise_message_bytes_max) {
    return state_->die(Fault::message_too_long);
  }
  if (message.size() < pattern.token_bytes + pattern.payload_extra) {
    return state_->die(Fault::bad_handshake);
  }
  Bytes copy = to_bytes(message);  // a handshake is small and rare: decrypting in place is not
                                   // worth a mutable parameter
  std::span<std::uint8_t> rest = copy;
  for (const Token token : pattern.tokens) {
    if (!state_->read_token(token, rest)) return state_->die(Fault::bad_handshake);
  }
  state_->peer_payload_hash = state_->h;
  const auto payload = state_->decrypt_and_hash(rest);
  if (!payload) return state_->die(Fault::bad_handshake);
  ++state_->done;
  return to_bytes(*payload);
}

Hash NoiseHandshake::handshake_hash() const { return state_->h; }

Hash NoiseHandshake::peer_payload_hash() const { return state_->peer_payload_hash; }

const FixedBytes<32>& NoiseHandshake::peer_static_key() const {
  MOOT_CHECK(state_->is_peer_static_known);
  return state_->peer_static;
}

const FixedBytes<32>& NoiseHandshake::own_static_key() const {
  return state_->own_static.public_key;
}

NoiseHandshake::Ciphers NoiseHandshake::split() {
  MOOT_CHECK(is_finished() && !state_->is_split);
  state_->is_split = true;
  Secret<32> of_initiator;
  Secret<32> of_responder;
  noise::hkdf(state_->chaining_key.view(), {}, of_initiator.writable(), of_responder.writable());
  of_initiator.seal();
  of_responder.seal();
  state_->forget_secrets();
  if (state_->role == Role::initiator) {
    return {NoiseCipher(std::move(of_initiator)), NoiseCipher(std::move(of_responder))};
  }
  return {NoiseCipher(std::move(of_responder)), NoiseCipher(std::move(of_initiator))};
}

}  // namespace moot::crypto
