#include <algorithm>
#include <string_view>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "crypto/signing.hpp"

// The edge cases on which Ed25519 libraries differ. A node that accepts what another refuses would
// call an honest log forked, so a library that decides otherwise is not used at all.
//
// Made for Moot: one key pair, its signature of one message, and variants of it that some verifier
// somewhere accepts. A variant's equation holds wherever its comment says so, which means that only
// the named rule refuses it.
namespace moot::crypto {
namespace {

constexpr std::string_view message = "moot";

struct Case {
  std::string_view key;
  std::string_view signature;
  bool accepted;
};

constexpr Case cases[] = {
    // a plain signature
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "fc91b71bfc33bef2f669837b907c8bef284b3651990fce8ca2b0a3bba62c3137"
     "900e6b460353d31cd2371eeab5da399ea713426cab18e4dc350eeaf2eba76202",
     true},
    // S + L
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "fc91b71bfc33bef2f669837b907c8bef284b3651990fce8ca2b0a3bba62c3137"
     "7de260a31db6e574a8d4158d94d418b3a713426cab18e4dc350eeaf2eba76212",
     false},
    // S + 15 L, the largest that fits
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "fc91b71bfc33bef2f669837b907c8bef284b3651990fce8ca2b0a3bba62c3137"
     "7379d2b88e21e7456168a076c17e4ad7a813426cab18e4dc350eeaf2eba762f2",
     false},
    // R the identity, equation true
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "0100000000000000000000000000000000000000000000000000000000000000"
     "c9a0973b95170446e4ddebe275c7e00ba8adf0aafcc916e29a88c40f65c0da00",
     false},
    // R the identity as y = p + 1
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
     "3b494b35132ea6a4c97fef3391ff4f61850973565c250bc10d691d7d3aad1e04",
     false},
    // R the identity with the sign of x set
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "0100000000000000000000000000000000000000000000000000000000000080"
     "ead949173878d433e5b37f4a81c2933c28eb582e6199ff59e1270879c25ffe00",
     false},
    // true with the cofactor only, R off by order 8
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "c339d9f5ce79e5b0e9c28047c07d38e772a895345cb2af4c69e39a50b018ad5b"
     "d7999950d5436dd9da0a9ca9ebe05b43081666461e0128a5af6f8c55117db406",
     false},
    // true with the cofactor only, R off by order 2
    {"febda8516b54721ea84d7ec7c1ef74cb6bd29c9b0baadb0a6288810d165117a4",
     "f16d48e403cc410d09967c846f837410d7b4c9ae66f031735d4f5c4459d3cec8"
     "75446b9bdd80cfe6df7f3040a33bfe91ed2de47f4803bf743f265c00ce085400",
     false},
    // equation true, key off by order 2 (libsodium before December 2025 took it for a valid point)
    {"ef4157ae94ab8de157b281383e108b34942d6364f45524f59d777ef2e9aee85b",
     "aca16dbb8c33331f25312138da182d7389ef26383d70f71eccbf1c3d4f3ad83b"
     "8e2cd0e70808f50b7f7b238edac7d4722f43d25fde8dbf748e4c4cb63064bd0d",
     false},
    // equation true, key off by order 4
    {"cba2459383281464be7b7d47c9bb294d3e9c74abe1c14bcc39ef89ee297d946c",
     "0c4eaae5a63d6e4eef727dea5fe28fcc41446a511e2a07afea0f6c67d61fd2b3"
     "73211953863d139abf5b27ca98df10c2d8db9c028c065e49231f6d0ad4ecb70f",
     false},
    // equation true, key off by order 8
    {"27a14a3b599212ad5bbea0102174db18117b726c2aca4a047a03137402bc6631",
     "246462d2647de82b8925843365c71698e8a460c3459f890f5790ed1b8da7d004"
     "53efb3bde252faad56787c8812e41f916c5aaf59c7490875a17de501c7960802",
     false},
};

// Keys that no signature may count for. The eight points of small order, then encodings with y >= p
// or with a sign of a zero x, then y = 2, which is not on the curve.
constexpr std::string_view refused_keys[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0200000000000000000000000000000000000000000000000000000000000000",
};

template <std::size_t N>
FixedBytes<N> fixed_from_hex(std::string_view text) {
  const Result<Bytes, Fault> bytes = from_hex(text);
  MOOT_CHECK(bytes.has_value() && bytes->size() == N, text);
  FixedBytes<N> out{};
  std::ranges::copy(*bytes, out.begin());
  return out;
}

bool decides_rightly(const Case& edge) {
  const Result<PublicKey, Fault> key = PublicKey::from_bytes(fixed_from_hex<32>(edge.key));
  const Signature signature = fixed_from_hex<64>(edge.signature);
  return (key.has_value() && key->verify(view_of(message), signature)) == edge.accepted;
}

}  // namespace

bool self_test() {
  const bool keys_refused = std::ranges::none_of(refused_keys, [](std::string_view key) {
    return PublicKey::from_bytes(fixed_from_hex<32>(key)).has_value();
  });
  return keys_refused && std::ranges::all_of(cases, decides_rightly);
}

}  // namespace moot::crypto
