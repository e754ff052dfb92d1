#include "publishing.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

#include "support/processes/client.hpp"
#include "support/services.hpp"

namespace moot::test {
namespace {

std::vector<nlohmann::json> documents_of(const std::string& lines) {
  std::vector<nlohmann::json> documents;
  std::istringstream input(lines);
  for (std::string line; std::getline(input, line);) {
    documents.push_back(nlohmann::json::parse(line));
  }
  return documents;
}

}  // namespace

bool Ledger::publish_once(const Node& node, std::size_t count) {
  const std::string text = services(next_service_, count);
  next_service_ += count;
  Attempt& attempt = attempts_.emplace_back();
  for (const auto& service : documents_of(text)) attempt.records.push_back(service.at("id"));
  control::PublishRequest request;
  request.kind = "service";
  request.sources.push_back({"-", text});
  try {
    const auto answer = documents_of(Client(node.home()).call(request).json);
    // Saved until peers have been heard: to be public before the ledger is looked through.
    attempt.is_queued = !answer.at(0).contains("entry");
    if (attempt.is_queued) return true;
    attempt.first_entry = answer.at(0).at("entry");
    attempt.size = answer.back().at("checkpoint").at("size");
    attempt.is_acknowledged = true;
  } catch (const std::runtime_error&) {
    return false;  // killed: it may have published and could not say so
  }
  ++acknowledged_;
  return true;
}

void Ledger::publish(const Node& node, std::mt19937& random, std::size_t attempts_max,
                     const std::atomic<bool>& is_over) {
  for (std::size_t i = 0; i < attempts_max && !is_over; ++i) {
    const bool is_single = random() % 2 == 0;
    if (!publish_once(node, is_single ? 1 : 1 + random() % 100)) return;
  }
}

void Ledger::expect_kept(const Node& node, std::uint64_t others) const {
  std::map<std::string, std::uint64_t> entry_of;
  const auto lines = node.lines({"log", "--limit", "1000000"});
  for (const auto& line : lines) {
    if (line.contains("record")) entry_of[line.at("record")] = line.at("entry");
  }
  EXPECT_EQ(node.json({"log", "--checkpoint"}).at("size"), lines.size());
  std::size_t accounted = 0;
  for (const Attempt& attempt : attempts_) {
    std::size_t found = 0;
    for (std::size_t i = 0; i < attempt.records.size(); ++i) {
      const auto at = entry_of.find(attempt.records[i]);
      if (at == entry_of.end()) continue;
      ++found;
      if (attempt.is_acknowledged) {
        EXPECT_EQ(at->second, attempt.first_entry + i);
      }
    }
    if (attempt.is_acknowledged) {
      EXPECT_EQ(found, attempt.records.size()) << "acknowledged and lost";
      EXPECT_LE(attempt.size, lines.size());
    } else if (attempt.is_queued) {
      EXPECT_EQ(found, attempt.records.size()) << "saved and lost";
    } else {
      EXPECT_TRUE(found == 0 || found == attempt.records.size())
          << found << " of a call for " << attempt.records.size();
    }
    accounted += found;
  }
  EXPECT_EQ(accounted + others, lines.size());
  expect_audit(node, false);
}

Publishing::Publishing(Ledger& ledger, const Node& node, std::mt19937 random,
                       std::size_t attempts_max)
    : thread_([this, &ledger, &node, random, attempts_max]() mutable {
        ledger.publish(node, random, attempts_max, is_over_);
      }) {}

void Publishing::stop() {
  is_over_ = true;
  if (thread_.joinable()) thread_.join();
}

void expect_audit(const Node& node, bool may_be_incomplete) {
  const Finished audit = node.moot({"audit", "--json"});
  const bool is_sound = audit.exit_code == 0 || (may_be_incomplete && audit.exit_code == 6);
  EXPECT_TRUE(is_sound) << audit.exit_code << ' ' << audit.output << audit.errors;
}

}  // namespace moot::test
