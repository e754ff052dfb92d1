#include "log/witness_policy.hpp"

#include <algorithm>
#include <charconv>

#include "base/limits.hpp"

namespace moot::log {
namespace {

constexpr std::string_view no_quorum = "none";

bool is_blank(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    if (is_blank(line[at])) {
      ++at;
      continue;
    }
    const auto end =
        std::find_if(line.begin() + static_cast<std::ptrdiff_t>(at), line.end(), is_blank);
    const auto last = static_cast<std::size_t>(end - line.begin());
    words.push_back(line.substr(at, last - at));
    at = last;
  }
  return words;
}

bool is_allowed(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return c == '\t' || c == '\n' || (byte >= 0x20 && byte != 0x7f);
}

class PolicyParser {
 public:
  Result<WitnessPolicy, PolicyFault> parse(std::string_view text) {
    if (text.size() > limits::policy_bytes_max) return fault("the file is longer than is allowed");
    if (!std::all_of(text.begin(), text.end(), is_allowed)) {
      return fault("the file holds control characters");
    }
    while (!text.empty()) {
      ++line_;
      const std::size_t end = text.find('\n');
      if (end == std::string_view::npos) return fault("the last line has no line feed");
      take_line(words_of(text.substr(0, end)));
      if (!why_.empty()) return fault(why_);
      text.remove_prefix(end + 1);
    }
    line_ = 0;
    if (out_.quorum.empty()) return fault("there is no quorum line");
    return std::move(out_);
  }

 private:
  using Words = std::vector<std::string_view>;

  tl::unexpected<PolicyFault> fault(std::string why) const {
    return fail(PolicyFault{line_, std::move(why)});
  }

  void take_line(const Words& words) {
    if (words.empty() || words.front().starts_with('#')) return;
    if (words.front() == "log") return take_log(words);
    if (words.front() == "witness") return take_witness(words);
    if (words.front() == "group") return take_group(words);
    if (words.front() == "quorum") return take_quorum(words);
    why_ = "a line begins with log, witness, group, quorum or #";
  }

  void take_log(const Words& words) {
    if (words.size() < 2 || words.size() > 3) {
      why_ = "a log is: log KEY [URL]";
      return;
    }
    const auto key = parse_verifier_key(words[1]);
    if (!key || key->type != SignatureType::ed25519) {
      why_ = "this is no key of a log";
      return;
    }
    const bool is_twice = std::any_of(out_.logs.begin(), out_.logs.end(),
                                      [&](const auto& log) { return log.key.key == key->key; });
    if (is_twice) {
      why_ = "this log is named twice";
      return;
    }
    out_.logs.push_back({*key, words.size() > 2 ? std::string(words[2]) : std::string()});
  }

  void take_witness(const Words& words) {
    if (words.size() < 3 || words.size() > 4) {
      why_ = "a witness is: witness NAME KEY [URL]";
      return;
    }
    const auto key = parse_verifier_key(words[2]);
    if (!key || key->type != SignatureType::cosignature_v1) {
      why_ = "this is no key of a witness";
      return;
    }
    const bool is_twice = std::any_of(out_.witnesses.begin(), out_.witnesses.end(),
                                      [&](const auto& one) { return one.key.key == key->key; });
    if (is_twice) {
      why_ = "this witness's key is named twice";
      return;
    }
    if (!define(words[1])) return;
    out_.witnesses.push_back(
        {std::string(words[1]), *key, words.size() > 3 ? std::string(words[3]) : std::string()});
  }

  void take_group(const Words& words) {
    if (words.size() < 4) {
      why_ = "a group is: group NAME all|any|NUMBER MEMBER…";
      return;
    }
    WitnessPolicy::Group group;
    group.name = words[1];
    const std::size_t count = words.size() - 3;
    for (const std::string_view member : Words(words.begin() + 3, words.end())) {
      if (!defined_.contains(std::string(member))) {
        why_ = "a member of the group is not defined above";
        return;
      }
      if (!members_.insert(std::string(member)).second) {
        why_ = "a member of the group is in a group already";
        return;
      }
      group.members.emplace_back(member);
    }
    if (!read_threshold(words[2], count, group.threshold) || !define(words[1])) return;
    out_.groups.push_back(std::move(group));
  }

  bool read_threshold(std::string_view word, std::size_t count, std::size_t& out) {
    if (word == "any") {
      out = 1;
      return true;
    }
    if (word == "all") {
      out = count;
      return true;
    }
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), out);
    const bool is_number =
        error == std::errc() && end == word.data() + word.size() && !word.starts_with('0');
    if (is_number && out >= 1 && out <= count) return true;
    why_ = "the threshold is all, any, or a number from 1 to the number of members";
    return false;
  }

  void take_quorum(const Words& words) {
    if (words.size() != 2) {
      why_ = "the quorum is: quorum NAME, or quorum none";
    } else if (!out_.quorum.empty()) {
      why_ = "there are two quorum lines";
    } else if (words[1] != no_quorum && !defined_.contains(std::string(words[1]))) {
      why_ = "the quorum's witness or group is not defined above";
    } else {
      out_.quorum = words[1];
    }
  }

  bool define(std::string_view name) {
    if (name != no_quorum && defined_.insert(std::string(name)).second) return true;
    why_ = name == no_quorum ? "the name none is taken" : "this name is defined twice";
    return false;
  }

  WitnessPolicy out_;
  std::set<std::string> defined_;
  std::set<std::string> members_;
  std::size_t line_ = 0;
  std::string why_;
};

std::string with_url(const std::string& url) { return url.empty() ? "\n" : " " + url + "\n"; }

}  // namespace

Result<WitnessPolicy, PolicyFault> parse_witness_policy(std::string_view text) {
  return PolicyParser().parse(text);
}

std::string to_text(const WitnessPolicy& policy) {
  std::string out;
  for (const auto& log : policy.logs) out += "log " + to_text(log.key) + with_url(log.url);
  for (const auto& witness : policy.witnesses) {
    out += "witness " + witness.name + " " + to_text(witness.key) + with_url(witness.url);
  }
  for (const auto& group : policy.groups) {
    out += "group " + group.name + " " + std::to_string(group.threshold);
    for (const std::string& member : group.members) out += " " + member;
    out += "\n";
  }
  return out + "quorum " + policy.quorum + "\n";
}

bool is_quorum(const WitnessPolicy& policy, const std::set<std::string>& cosigned) {
  if (policy.quorum == no_quorum) return true;
  std::set<std::string> met;
  for (const auto& witness : policy.witnesses) {
    if (cosigned.contains(witness.name)) met.insert(witness.name);
  }
  for (const auto& group : policy.groups) {
    const auto count = std::count_if(group.members.begin(), group.members.end(),
                                     [&](const auto& member) { return met.contains(member); });
    if (static_cast<std::size_t>(count) >= group.threshold) met.insert(group.name);
  }
  return met.contains(policy.quorum);
}

std::set<std::string> cosigned_by(const WitnessPolicy& policy, const Note& note) {
  std::set<std::string> out;
  for (const auto& witness : policy.witnesses) {
    if (cosigned_at(note, witness.key)) out.insert(witness.name);
  }
  return out;
}

}  // namespace moot::log
