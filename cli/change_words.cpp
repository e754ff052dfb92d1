#include "command/change_words.hpp"

#include <algorithm>
#include <ostream>
#include <string_view>

#include "command/render.hpp"
#include "crypto/encoding.hpp"

namespace moot::command {
namespace {

std::string name_at(const std::vector<log::KeyHolder>& holders, std::size_t place) {
  for (const log::KeyHolder& holder : holders) {
    if (holder.place == place) return printable(holder.name);
  }
  return {};
}

std::string or_nameless(std::string name) { return name.empty() ? "(not named)" : name; }

bool decides_today(const log::EstablishRequest& request, const Hash& digest) {
  const auto& today = request.before.next_digests;
  return std::find(today.begin(), today.end(), digest) != today.end();
}

bool changes_witness_policy(const log::EstablishRequest& request) {
  return request.event.witness_policy != request.before.witness_policy;
}

bool has_signed(const log::EstablishRequest& request, std::size_t revealed) {
  return std::any_of(request.signatures.begin(), request.signatures.end(),
                     [&](const auto& collected) { return collected.revealed == revealed; });
}

void print_next(std::ostream& to, const log::EstablishRequest& request,
                const crypto::PublicKeyBytes* own) {
  const log::Establish& event = request.event;
  const std::size_t count = event.next_digests.size();
  to << "\nFrom then on " << (count == 1 ? "this officer decides" : "these officers decide")
     << ", any " << static_cast<unsigned>(event.threshold_next) << " of " << count << ":\n";
  for (std::size_t place = 0; place < count; ++place) {
    const bool is_own = own != nullptr && log::reserve_digest(*own) == event.next_digests[place];
    to << "  " << place + 1 << ". " << or_nameless(name_at(request.next_holders, place))
       << (decides_today(request, event.next_digests[place]) ? ", decides today too" : ", NEW KEY")
       << " (" << short_digest(event.next_digests[place]) << ")" << (is_own ? "  <- your key" : "")
       << '\n';
  }
  to << "The digits are the key's own: compare them with what each officer reads from `moot keys "
        "public`.\n";
  if (own != nullptr && std::find(event.next_digests.begin(), event.next_digests.end(),
                                  log::reserve_digest(*own)) == event.next_digests.end()) {
    to << "Your own key will no longer be among them.\n";
  }
}

void print_node(std::ostream& to, const log::EstablishRequest& request) {
  const log::Establish& event = request.event;
  to << "\nThe node gets a new key to publish with; the old one is worth nothing from then on.\n"
     << counted(event.node_keys.size(), "machine speaks", "machines speak")
     << " for the organisation then; today "
     << counted(request.before.node_keys.size(), "does", "do") << ".\n";
  if (!changes_witness_policy(request)) return;
  if (event.witness_policy.empty()) {
    to << "Whose word as witnesses counts is no longer published.\n";
    return;
  }
  to << "Whose word as witnesses counts is CHANGED; from then on:\n";
  std::string_view rest = event.witness_policy;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    to << "  " << printable(rest.substr(0, end)) << '\n';
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
}

void print_trusted(std::ostream& to, const log::EstablishRequest& request) {
  const std::uint64_t trusted = request.event.trusted_size;
  to << "\nThe organisation goes on standing by its first " << counted(trusted, "entry", "entries")
     << (trusted == request.log_size ? ", which is all there were when this was written" : "")
     << ".\n";
  if (trusted < request.log_size) {
    to << "It no longer stands by entries " << number_text(trusted) << " to "
       << number_text(request.log_size - 1)
       << ": they stay readable, and are marked as not the organisation's.\n";
  }
  switch (request.purpose) {
    case log::Purpose::planned:
      to << "Whatever is published after this was written and before the change is in force is "
            "published again\nafter it.\n";
      return;
    case log::Purpose::theft:
      to << "This is said to follow a theft: whatever else the old key publishes before the change "
            "is in force\nis not the organisation's either.\n";
      return;
    case log::Purpose::restored:
      to << "This is said to follow a restored or lost machine.\n";
      return;
  }
}

}  // namespace

std::string short_digest(const Hash& digest) {
  constexpr std::size_t shown = 16;
  constexpr std::size_t group = 4;
  const std::string hex = crypto::to_hex(digest);
  std::string text;
  for (std::size_t i = 0; i < shown; i += group) {
    text += (i == 0 ? "" : " ") + hex.substr(i, group);
  }
  return text;
}

std::string missing_text(const log::EstablishRequest& request) {
  const auto missing = log::missing_signatures(request);
  if (missing.is_none()) return "all needed signatures are there";
  std::string text =
      std::to_string(std::max(missing.of_current, missing.of_rival)) +
      (std::max(missing.of_current, missing.of_rival) == 1 ? " more officer must sign"
                                                           : " more officers must sign");
  return text;
}

void print_change(std::ostream& to, const log::EstablishRequest& request,
                  const crypto::PublicKeyBytes* own) {
  const log::Establish& event = request.event;
  to << "Change of keys number " << event.seq << " of "
     << (request.name.empty() ? "" : printable(request.name) + ", ")
     << log::to_text(event.organisation) << "\nwritten on " << time_text(event.time_s * 1000)
     << ".\n";
  if (!request.note.empty()) to << "Note: " << printable(request.note) << '\n';
  to << "Names are as whoever wrote this calls people. Check with them if in doubt.\n";
  print_next(to, request, own);
  print_node(to, request);
  print_trusted(to, request);
  if (request.rival) {
    to << "\nAnother change with the number " << request.rival->seq
       << ", which was signed as well, is rejected: whom it named does not count.\n";
  }
  to << "\nTo be signed by any " << static_cast<unsigned>(request.before.threshold_next) << " of "
     << request.before.next_digests.size() << " who decide today:\n";
  for (std::size_t i = 0; i < event.revealed.size(); ++i) {
    const bool is_own = own != nullptr && event.revealed[i].key == *own;
    to << "  " << (has_signed(request, i) ? "[signed] " : "[      ] ")
       << or_nameless(name_at(request.holders, i)) << (is_own ? "  <- your key" : "") << '\n';
  }
}

Json change_json(const log::EstablishRequest& request) {
  const log::Establish& event = request.event;
  const auto missing = log::missing_signatures(request);
  Json next = Json::array();
  for (std::size_t i = 0; i < event.next_digests.size(); ++i) {
    next.push_back(name_at(request.next_holders, i));
  }
  Json next_keys = Json::array();
  for (const Hash& digest : event.next_digests) {
    next_keys.push_back(
        {{"digest", crypto::to_hex(digest)}, {"decides_today", decides_today(request, digest)}});
  }
  Json signers = Json::array();
  for (std::size_t i = 0; i < event.revealed.size(); ++i) {
    signers.push_back({{"key", log::reserve_key_text(event.revealed[i].key)},
                       {"name", name_at(request.holders, i)},
                       {"signed", has_signed(request, i)}});
  }
  return {{"organisation", log::to_text(event.organisation)},
          {"seq", event.seq},
          {"purpose", log::word_of(request.purpose)},
          {"threshold", request.before.threshold_next},
          {"next_threshold", event.threshold_next},
          {"next_officers", std::move(next)},
          {"next_keys", std::move(next_keys)},
          {"node_keys", event.node_keys.size()},
          {"changes_witness_policy", changes_witness_policy(request)},
          {"trusted_size", event.trusted_size},
          {"log_size", request.log_size},
          {"rejects_another", request.rival.has_value()},
          {"signers", std::move(signers)},
          {"missing", std::max(missing.of_current, missing.of_rival)}};
}

}  // namespace moot::command
