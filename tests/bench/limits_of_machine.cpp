#include "limits_of_machine.hpp"

#include <lmdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "crypto/hash.hpp"
#include "crypto/signing.hpp"
#include "support/shared.hpp"

namespace moot::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

void check(int code) {
  if (code != 0) throw std::runtime_error(mdb_strerror(code));
}

/// Appends records of a 114-byte leaf and a 740-byte body; `per_transaction` of them to each synced
/// transaction.
double lmdb_rate(std::uint64_t records, std::uint64_t per_transaction) {
  const test::TemporaryFolder folder;
  MDB_env* env = nullptr;
  check(mdb_env_create(&env));
  check(mdb_env_set_mapsize(env, std::size_t{1} << 31));
  check(mdb_env_set_maxdbs(env, 2));
  check(mdb_env_open(env, folder.path().c_str(), 0, 0600));
  Bytes leaf(114, 1);
  Bytes body(740, 2);
  const auto start = Clock::now();
  MDB_dbi leaves = 0;
  MDB_dbi bodies = 0;
  for (std::uint64_t done = 0; done < records; done += per_transaction) {
    MDB_txn* txn = nullptr;
    check(mdb_txn_begin(env, nullptr, 0, &txn));
    check(mdb_dbi_open(txn, "leaves", MDB_CREATE, &leaves));
    check(mdb_dbi_open(txn, "bodies", MDB_CREATE, &bodies));
    for (std::uint64_t i = done; i < done + per_transaction; ++i) {
      Bytes key = Writer().u32(1).u64(i).take();
      MDB_val k{key.size(), key.data()};
      MDB_val l{leaf.size(), leaf.data()};
      MDB_val b{body.size(), body.data()};
      check(mdb_put(txn, leaves, &k, &l, MDB_APPEND));
      check(mdb_put(txn, bodies, &k, &b, MDB_APPEND));
    }
    check(mdb_txn_commit(txn));
  }
  const double rate = static_cast<double>(records) / seconds_since(start);
  mdb_env_close(env);
  return rate;
}

double sha256_rate() {
  Bytes message(740, 3);
  constexpr int rounds = 300'000;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i)
    message[0] = static_cast<std::uint8_t>(crypto::sha256(message)[0] + i);
  return rounds * 740.0 / seconds_since(start);
}

double verify_rate() {
  const auto key = crypto::SigningKey::generate();
  const Bytes message(100, 4);
  const auto signature = key.sign(message);
  constexpr int rounds = 5'000;
  const auto start = Clock::now();
  for (int i = 0; i < rounds; ++i) {
    if (!key.public_key().verify(message, signature)) throw std::runtime_error("signature");
  }
  return rounds / seconds_since(start);
}

/// A socket pair of the kernel's, one thread at each end: copying twice is the least that any
/// transfer does.
double loopback_rate() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()) != 0) throw std::runtime_error("socketpair");
  constexpr std::size_t total = std::size_t{1} << 30;
  const auto start = Clock::now();
  std::thread writer([&] {
    Bytes buffer(128 * 1024, 5);
    for (std::size_t done = 0; done < total; done += buffer.size()) {
      if (write(ends[0], buffer.data(), buffer.size()) <= 0) return;
    }
  });
  Bytes buffer(128 * 1024);
  for (std::size_t done = 0; done < total;) {
    const ssize_t count = read(ends[1], buffer.data(), buffer.size());
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  writer.join();
  close(ends[0]);
  close(ends[1]);
  return static_cast<double>(total) / seconds_since(start);
}

}  // namespace

MachineLimits measure_limits() {
  return {.lmdb_records_per_s = lmdb_rate(200'000, 1'000),
          .lmdb_transactions_per_s = lmdb_rate(2'000, 1),
          .sha256_bytes_per_s = sha256_rate(),
          .ed25519_verifies_per_s = verify_rate(),
          .loopback_bytes_per_s = loopback_rate()};
}

}  // namespace moot::bench
