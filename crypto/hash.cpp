#include "crypto/hash.hpp"

#include <openssl/evp.h>

#include <initializer_list>

#include "base/check.hpp"

namespace moot::crypto {
namespace {

// Fetching looks through libcrypto's providers and costs more than a small hash, so it is done
// once; never freed, because a hash may still be asked for while statics are destroyed.
const EVP_MD* sha256_algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  MOOT_CHECK(algorithm != nullptr);
  return algorithm;
}

EVP_MD_CTX* make_context() {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  MOOT_CHECK(context != nullptr);
  return context;
}

struct ThreadContext {
  ThreadContext() = default;
  ThreadContext(const ThreadContext&) = delete;
  ThreadContext& operator=(const ThreadContext&) = delete;
  ~ThreadContext() { EVP_MD_CTX_free(context); }
  EVP_MD_CTX* const context = make_context();
};

// One context a thread, kept: making one costs as much as hashing a node.
EVP_MD_CTX* thread_context() {
  thread_local const ThreadContext kept;
  return kept.context;
}

void start(EVP_MD_CTX* context) {
  MOOT_CHECK(EVP_DigestInit_ex2(context, sha256_algorithm(), nullptr) == 1);
}

void feed(EVP_MD_CTX* context, ByteView bytes) {
  MOOT_CHECK(EVP_DigestUpdate(context, bytes.data(), bytes.size()) == 1, bytes.size());
}

Hash end(EVP_MD_CTX* context) {
  Hash digest;
  MOOT_CHECK(EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1);
  return digest;
}

Hash sha256_of(std::initializer_list<ByteView> parts) {
  EVP_MD_CTX* const context = thread_context();
  start(context);
  for (const ByteView part : parts) feed(context, part);
  return end(context);
}

}  // namespace

Hash sha256(ByteView bytes) { return sha256_of({bytes}); }

Hash sha256(ByteView first, ByteView second) { return sha256_of({first, second}); }

Hash sha256(ByteView first, ByteView second, ByteView third) {
  return sha256_of({first, second, third});
}

FixedBytes<20> sha1_for_uuid(ByteView bytes) {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  MOOT_CHECK(algorithm != nullptr);
  FixedBytes<20> digest;
  MOOT_CHECK(
      EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, algorithm, nullptr) == 1,
      bytes.size());
  return digest;
}

Sha256::Sha256() : context_(make_context()) { start(static_cast<EVP_MD_CTX*>(context_)); }

Sha256::~Sha256() { EVP_MD_CTX_free(static_cast<EVP_MD_CTX*>(context_)); }

Sha256& Sha256::update(ByteView bytes) {
  feed(static_cast<EVP_MD_CTX*>(context_), bytes);
  return *this;
}

Hash Sha256::finish() {
  const Hash digest = end(static_cast<EVP_MD_CTX*>(context_));
  start(static_cast<EVP_MD_CTX*>(context_));
  return digest;
}

}  // namespace moot::crypto
