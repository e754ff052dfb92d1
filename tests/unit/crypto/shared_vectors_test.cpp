// Holds signing and the Noise primitives against the public vectors that stand beside the project.
#include "crypto/noise_primitives.hpp"
#include "crypto/signing.hpp"
#include "support.hpp"
#include "support/shared.hpp"

namespace moot::crypto {
namespace {

using moot::test::read_json;
using moot::test::shared_folder;
using nlohmann::json;
using test::fixed;
using test::hex;

class SharedVectors : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto folder = shared_folder();
    if (!folder) GTEST_SKIP() << "no folder of shared vectors";
    vectors_ = *folder / "vectors";
  }
  json ed25519(std::string_view name) const { return read_json(vectors_ / "ed25519" / name); }
  json primitive(std::string_view name) const {
    return read_json(vectors_ / "primitives" / ("wycheproof-" + std::string(name) + ".json"));
  }
  std::filesystem::path vectors_;
};

Bytes hex_of(const json& object, const char* name) {
  return hex(object.at(name).get<std::string>());
}

/// A signature of another length than 64 cannot reach verify(): its type refuses it.
bool accepts(const Bytes& key, const Bytes& message, const Bytes& signature) {
  if (key.size() != 32 || signature.size() != 64) return false;
  const Result<PublicKey, Fault> checked = PublicKey::from_bytes(fixed<32>(key));
  return checked && checked->verify(message, fixed<64>(signature));
}

class Ed25519Vectors : public SharedVectors {
 protected:
  void expect_strict(const std::string& name, bool accepted) {
    ASSERT_TRUE(observed_.contains(name)) << name;
    EXPECT_EQ(accepted, observed_.at(name).at("strict_expected").get<bool>()) << name;
    ++seen_;
  }
  void SetUp() override {
    SharedVectors::SetUp();
    if (!IsSkipped()) observed_ = ed25519("observed-acceptance.json");
  }
  json observed_;
  std::size_t seen_ = 0;
};

TEST_F(Ed25519Vectors, AreDecidedAsTheStrictRulesSay) {
  for (const json& item : ed25519("speccheck-cases.json")) {
    expect_strict(
        "speccheck/" + std::to_string(item.at("number").get<int>()),
        accepts(hex_of(item, "pub_key"), hex_of(item, "message"), hex_of(item, "signature")));
  }
  for (const json& item : ed25519("cctv-ed25519vectors.json")) {
    expect_strict("cctv/" + std::to_string(item.at("number").get<int>()),
                  accepts(hex_of(item, "key"), to_bytes(view_of(item.at("msg").get<std::string>())),
                          hex_of(item, "sig")));
  }
  const json wycheproof = ed25519("wycheproof-ed25519.json");
  for (const json& group : wycheproof.at("testGroups")) {
    const Bytes key = hex_of(group.at("publicKey"), "pk");
    for (const json& item : group.at("tests")) {
      expect_strict("wycheproof/" + std::to_string(item.at("tcId").get<int>()),
                    accepts(key, hex_of(item, "msg"), hex_of(item, "sig")));
    }
  }
  EXPECT_EQ(seen_, observed_.size());  // every vector that was observed was met
}

class PrimitiveVectors : public SharedVectors {
 protected:
  template <class F>
  void each(std::string_view name, F check) {
    const json file = primitive(name);
    std::size_t seen = 0;
    for (const json& group : file.at("testGroups")) {
      for (const json& item : group.at("tests")) {
        SCOPED_TRACE(std::string(name) + " " + std::to_string(item.at("tcId").get<int>()));
        check(group, item);
        ++seen;
      }
    }
    EXPECT_EQ(seen, file.at("numberOfTests").get<std::size_t>());
  }
};

bool is_valid(const json& item) { return item.at("result") == "valid"; }

TEST_F(PrimitiveVectors, X25519) {
  each("x25519", [](const json&, const json& item) {
    FixedBytes<32> shared{};
    const Bytes expected = hex_of(item, "shared");
    const bool is_zero = expected == Bytes(32, 0);
    const bool is_sound = noise::x25519(fixed<32>(hex_of(item, "private")),
                                        fixed<32>(hex_of(item, "public")), shared);
    EXPECT_EQ(is_sound, !is_zero);
    if (is_sound) {
      EXPECT_EQ(to_hex(shared), to_hex(expected));
    }
  });
}

TEST_F(PrimitiveVectors, HmacSha256) {
  each("hmac_sha256", [](const json& group, const json& item) {
    const Bytes message = hex_of(item, "msg");
    const ByteView view = message;
    FixedBytes<32> tag{};
    noise::hmac_sha256(hex_of(item, "key"), view.first(view.size() / 3),
                       view.subspan(view.size() / 3), tag);
    const std::size_t bytes = group.at("tagSize").get<std::size_t>() / 8;
    const bool is_equal = equal_in_constant_time(ByteView(tag).first(bytes), hex_of(item, "tag"));
    EXPECT_EQ(is_equal, is_valid(item));
  });
}

/// HKDF (RFC 5869) at its full width over our HMAC.
Bytes hkdf_at_length(ByteView salt, ByteView input, ByteView info, std::size_t size) {
  FixedBytes<32> extracted{};
  noise::hmac_sha256(salt, input, {}, extracted);
  Bytes out;
  FixedBytes<32> block{};
  for (std::uint8_t counter = 1; out.size() < size; ++counter) {
    Bytes tail = to_bytes(info);
    tail.push_back(counter);
    noise::hmac_sha256(extracted, counter == 1 ? ByteView() : ByteView(block), tail, block);
    append(out, block);
  }
  out.resize(size);
  return out;
}

TEST_F(PrimitiveVectors, HkdfSha256) {
  std::size_t of_noise_shape = 0;
  each("hkdf_sha256", [&](const json&, const json& item) {
    if (!is_valid(item)) return;  // they ask for more than HKDF can give; our two outputs are fixed
    const Bytes salt = hex_of(item, "salt");
    const Bytes input = hex_of(item, "ikm");
    const Bytes expected = hex_of(item, "okm");
    EXPECT_EQ(hkdf_at_length(salt, input, hex_of(item, "info"), expected.size()), expected);
    if (!hex_of(item, "info").empty()) return;
    FixedBytes<64> out{};
    const std::span<std::uint8_t, 64> both = out;
    noise::hkdf(salt, input, both.first<32>(), both.last<32>());
    const std::size_t compared = std::min<std::size_t>(64, expected.size());
    EXPECT_EQ(to_hex(ByteView(out).first(compared)), to_hex(ByteView(expected).first(compared)));
    ++of_noise_shape;
  });
  EXPECT_GT(of_noise_shape, 0U);
}

TEST_F(PrimitiveVectors, ChaCha20Poly1305) {
  each("chacha20_poly1305", [](const json&, const json& item) {
    const Bytes nonce = hex_of(item, "iv");
    if (nonce.size() != 12) return;  // our type holds no other
    const FixedBytes<32> key = fixed<32>(hex_of(item, "key"));
    const Bytes associated = hex_of(item, "aad");
    Bytes sealed = hex_of(item, "ct");
    append(sealed, hex_of(item, "tag"));
    Bytes opened = sealed;
    ASSERT_EQ(noise::open(key, fixed<12>(nonce), associated, opened), is_valid(item));
    if (!is_valid(item)) return;
    Bytes buffer = hex_of(item, "msg");
    EXPECT_TRUE(std::ranges::equal(buffer, ByteView(opened).first(buffer.size())));
    buffer.resize(buffer.size() + noise::tag_bytes);
    noise::seal(key, fixed<12>(nonce), associated, buffer);
    EXPECT_EQ(to_hex(buffer), to_hex(sealed));
  });
}

/// One published run: each message is written by the side whose turn it is and read by the other.
void expect_run(const json& vector) {
  const auto pair = [&](const char* name) {
    FixedBytes<32> secret = fixed<32>(hex_of(vector, name));
    return DhKeyPair::from_secret(secret);
  };
  NoiseHandshake initiator(NoiseHandshake::Role::initiator, hex_of(vector, "init_prologue"),
                           pair("init_static"), pair("init_ephemeral"));
  NoiseHandshake responder(NoiseHandshake::Role::responder, hex_of(vector, "resp_prologue"),
                           pair("resp_static"), pair("resp_ephemeral"));
  std::optional<NoiseHandshake::Ciphers> of_initiator;
  std::optional<NoiseHandshake::Ciphers> of_responder;
  bool initiator_speaks = true;
  for (const json& message : vector.at("messages")) {
    const Bytes payload = hex_of(message, "payload");
    const Bytes expected = hex_of(message, "ciphertext");
    if (!of_initiator) {
      NoiseHandshake& writer = initiator_speaks ? initiator : responder;
      NoiseHandshake& reader = initiator_speaks ? responder : initiator;
      EXPECT_EQ(to_hex(writer.write(payload).value()), to_hex(expected));
      EXPECT_EQ(reader.read(expected).value(), payload);
      if (initiator.is_finished() && responder.is_finished()) {
        EXPECT_EQ(to_hex(initiator.handshake_hash()),
                  vector.at("handshake_hash").get<std::string>());
        of_initiator = initiator.split();
        of_responder = responder.split();
      }
    } else {
      Bytes buffer = payload;
      buffer.resize(buffer.size() + NoiseCipher::tag_bytes);
      (initiator_speaks ? of_initiator : of_responder)->send.encrypt(buffer);
      EXPECT_EQ(to_hex(buffer), to_hex(expected));
      const auto plain = (initiator_speaks ? of_responder : of_initiator)->receive.decrypt(buffer);
      EXPECT_EQ(to_hex(plain.value()), to_hex(payload));
    }
    initiator_speaks = !initiator_speaks;
  }
  EXPECT_TRUE(of_initiator.has_value());
}

TEST_F(SharedVectors, NoiseRunsAsPublished) {
  const json vectors = read_json(vectors_ / "noise" / "cacophony-xx.json").at("vectors");
  std::size_t seen = 0;
  for (const json& vector : vectors) {
    if (vector.at("protocol_name") != "Noise_XX_25519_ChaChaPoly_SHA256") continue;
    expect_run(vector);
    ++seen;
  }
  EXPECT_GT(seen, 0U);
}

}  // namespace
}  // namespace moot::crypto
