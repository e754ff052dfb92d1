// Prints what Moot does beside what this machine can do at best, both measured in this run. Usage:
// moot_bench [--json]
// [--records N]
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <thread>

#include "crypto/secret.hpp"
#include "limits_of_machine.hpp"
#include "support/processes/client.hpp"
#include "support/processes/node.hpp"
#include "support/services.hpp"
#include "support/shared.hpp"

namespace moot::bench {
namespace {

using test::Client;
using test::Node;
using test::services;
using Clock = std::chrono::steady_clock;

struct Options {
  bool json = false;
  std::uint64_t records = 1'000'000;
};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

class Report {
 public:
  explicit Report(bool json) : json_(json) {}
  /// `target` as in the design's table of figures; limit 0: none applies.
  void line(const std::string& workload, double value, const std::string& unit, double limit,
            double target) const {
    const double ratio = limit > 0 ? value / limit : 0;
    if (json_) {
      const nlohmann::ordered_json out = {{"workload", workload}, {"value", value},
                                          {"unit", unit},         {"limit", limit},
                                          {"ratio", ratio},       {"target", target}};
      std::printf("%s\n", out.dump().c_str());
    } else {
      std::printf("%-18s %14.1f %-10s  limit %14.1f  ratio %6.3f  target %12.1f\n",
                  workload.c_str(), value, unit.c_str(), limit, ratio, target);
    }
    std::fflush(stdout);
  }

 private:
  bool json_;
};

control::PublishRequest publish_of(std::string text) {
  control::PublishRequest request;
  request.kind = "service";
  request.sources.push_back({"bench", std::move(text)});
  return request;
}

/// Publishes `count` services in batches, two requests under way, so that the node validates one
/// while it stores another.
double publish_batches(Client& client, std::uint64_t first, std::uint64_t count,
                       std::uint64_t batch) {
  std::vector<control::Request> requests;
  std::size_t under_way = 0;
  double spent = 0;
  // Generating and encoding the requests is the caller's time, not the node's: a part at a time, to
  // bound memory.
  for (std::uint64_t done = 0; done < count;) {
    requests.clear();
    for (int i = 0; i < 50 && done < count; ++i, done += batch) {
      requests.emplace_back(publish_of(services(first + done, batch)));
    }
    const auto start = Clock::now();
    for (const control::Request& request : requests) {
      client.send(request);
      if (++under_way < 3) continue;
      client.receive();
      --under_way;
    }
    for (; under_way > 0; --under_way) client.receive();
    spent += seconds_since(start);
  }
  return static_cast<double>(count) / spent;
}

double publish_singles(Client& client, std::uint64_t first, std::uint64_t count) {
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) client.call(publish_of(services(first + i, 1)));
  return static_cast<double>(count) / seconds_since(start);
}

double publish_from_many(const Node& node, std::uint64_t first, std::size_t callers,
                         std::uint64_t each) {
  const auto start = Clock::now();
  std::vector<std::thread> threads;
  for (std::size_t c = 0; c < callers; ++c) {
    threads.emplace_back([&node, first, c, each] {
      Client client(node.home());
      publish_singles(client, first + c * each, each);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return static_cast<double>(callers * each) / seconds_since(start);
}

void follow(Client& client, const std::string& target) {
  control::FollowRequest request;
  request.target = target;
  client.call(request);
}

struct ColdSync {
  double records_per_s = 0;
  double anonymous_mib_max = 0;
};

/// A fresh node follows `publisher`; from the follow command to the whole log durable and shown.
ColdSync cold_sync(const Node& publisher, const std::filesystem::path& home) {
  Client at_publisher(publisher.home());
  const std::uint64_t size = at_publisher.size_of(publisher.organisation());
  Node receiver(home, "Receiver");
  Client client(receiver.home());
  const auto start = Clock::now();
  follow(client, publisher.address());
  ColdSync result;
  while (client.size_of(publisher.organisation()) < size) {
    result.anonymous_mib_max = std::max(
        result.anonymous_mib_max, static_cast<double>(receiver.anonymous_bytes()) / (1024 * 1024));
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    if (seconds_since(start) > 600) throw std::runtime_error("cold sync did not end");
  }
  result.records_per_s = static_cast<double>(size) / seconds_since(start);
  return result;
}

struct Latency {
  double p50_ms = 0;
  double p99_ms = 0;
};

/// From the moment the publisher is asked to the moment the follower shows the new head, one record
/// at a time.
Latency live_latency(const Node& publisher, const Node& follower, std::uint64_t first, int rounds) {
  Client at_publisher(publisher.home());
  Client at_follower(follower.home());
  std::vector<double> times;
  for (int i = 0; i < rounds; ++i) {
    const std::uint64_t before = at_publisher.size_of(publisher.organisation());
    const control::Request request = publish_of(services(first + static_cast<std::uint64_t>(i), 1));
    const auto start = Clock::now();
    at_publisher.send(request);
    while (at_follower.size_of(publisher.organisation()) <= before) {
    }
    times.push_back(seconds_since(start) * 1000);
    at_publisher.receive();
  }
  std::sort(times.begin(), times.end());
  return {times[times.size() / 2], times[times.size() * 99 / 100]};
}

double audit_rate(const Node& node, std::uint64_t records) {
  const auto start = Clock::now();
  node.json({"audit"});
  return static_cast<double>(records) / seconds_since(start);
}

void run_all(const Options& options) {
  const Report report(options.json);
  const MachineLimits limits = measure_limits();
  report.line("limit_lmdb_put", limits.lmdb_records_per_s, "records/s", 0, 0);
  report.line("limit_lmdb_txn", limits.lmdb_transactions_per_s, "txn/s", 0, 0);
  report.line("limit_sha256", limits.sha256_bytes_per_s / 1e6, "MB/s", 0, 0);
  report.line("limit_ed25519", limits.ed25519_verifies_per_s, "verifies/s", 0, 0);
  report.line("limit_loopback", limits.loopback_bytes_per_s / 1e6, "MB/s", 0, 0);

  const test::TemporaryFolder folder;
  constexpr std::uint64_t small = 10'000;
  {
    Node a(folder.path() / "small", "Small Publisher");
    Client client(a.home());
    publish_batches(client, 0, small, 1000);
    const ColdSync sync = cold_sync(a, folder.path() / "small-receiver");
    report.line("cold_sync_10k", sync.records_per_s, "records/s", limits.lmdb_records_per_s,
                200'000);
  }
  Node a(folder.path() / "publisher", "Publisher");
  Client client(a.home());
  report.line("publish_batch", publish_batches(client, 0, options.records, 1000), "records/s",
              limits.lmdb_records_per_s, 200'000);
  const ColdSync sync = cold_sync(a, folder.path() / "receiver");
  report.line("cold_sync_1m", sync.records_per_s, "records/s", limits.lmdb_records_per_s, 200'000);
  report.line("rss", sync.anonymous_mib_max, "MiB", 0, 40);
  // Two hashes a record that no audit can do without: leaf and body, on every core.
  const double hashed_bytes = 115 + 65 + 16 + 13 + 1 + 700;
  const double cores = std::max(1U, std::thread::hardware_concurrency());
  report.line("audit", audit_rate(a, options.records), "records/s",
              cores * limits.sha256_bytes_per_s / hashed_bytes, 1'000'000);

  std::uint64_t next = options.records;
  report.line("publish_single", publish_singles(client, next, 2'000), "records/s",
              limits.lmdb_transactions_per_s, limits.lmdb_transactions_per_s / 2);
  next += 2'000;
  report.line("publish_64_callers", publish_from_many(a, next, 64, 300), "records/s",
              limits.lmdb_records_per_s, 20'000);
  next += 64 * 300;

  Node b(folder.path() / "follower", "Follower");
  Node fresh(folder.path() / "fresh", "Fresh Publisher");
  Client at_b(b.home());
  follow(at_b, fresh.address());
  while (at_b.size_of(fresh.organisation()) == 0)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  const Latency latency = live_latency(fresh, b, next, 500);
  const double two_syncs_ms = 2000 / limits.lmdb_transactions_per_s;
  report.line("live_latency", latency.p50_ms, "ms", two_syncs_ms, 1);
  report.line("live_latency_p99", latency.p99_ms, "ms", two_syncs_ms, 3);
}

}  // namespace
}  // namespace moot::bench

int main(int argc, char** argv) {
  moot::bench::Options options;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      options.json = true;
    } else if (std::strcmp(argv[i], "--records") == 0 && i + 1 < argc) {
      options.records = std::strtoull(argv[++i], nullptr, 10);
    } else {
      std::fprintf(stderr, "usage: moot_bench [--json] [--records N]\n");
      return 2;
    }
  }
  if (!moot::crypto::start_library()) return 1;
  try {
    moot::bench::run_all(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "moot_bench: %s\n", error.what());
    return 1;
  }
  return 0;
}
