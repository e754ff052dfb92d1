#include "node/gate_keeper.hpp"

#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <sstream>

#include "base/limits.hpp"
#include "crypto/encoding.hpp"
#include "crypto/secret.hpp"
#include "log/evidence.hpp"
#include "node/unix_time.hpp"

namespace moot::node {
namespace {

// Names of the values in the store.
constexpr const char* instance_value = "instance";
constexpr const char* machine_value = "machine";
constexpr const char* ahead_value = "restored";

constexpr std::size_t instance_bytes_max = 1000;  // fits a value of the store

/// Empty when there is no such file.
std::string read_instance(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(instance_bytes_max, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  return text;
}

std::string make_instance(const std::filesystem::path& path) {
  FixedBytes<16> random{};
  crypto::random_bytes(random);
  const std::string text = "moot/instance/v1\n" + crypto::to_hex(random) + "\n";
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) spdlog::warn("instance-not-written path={}", path.string());
  return text;
}

/// To the minute, for people.
std::string shown_time(std::uint64_t unix_ms) {
  std::string text = rfc3339(unix_ms).substr(0, 16);  // 2024-03-01T09:30
  if (text.size() == 16) text[10] = ' ';
  return text + " UTC";
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text += i + 1 == names.size() ? " and " : ", ";
    text += names[i];
  }
  return text;
}

}  // namespace

GateKeeper::GateKeeper(Parts parts)
    : parts_(std::move(parts)), timer_(parts_.loop, [this] { look_at_machine(); }) {}

void GateKeeper::start(bool is_new_key) {
  const Machine machine = parts_.read_machine();
  machine_ = machine.id;
  (void)watch_.look(machine);
  timer_.arm(parts_.loop.now() + limits::clock_look_ms);
  const bool is_changed = is_home_changed();
  resume_ahead();
  refresh_acquaintances();
  const Signing before = gate_.state();
  if (is_new_key) {
    gate_.open_for_new_key();
  } else {
    gate_.close(unix_now_ms(), is_changed);
  }
  if (gate_.may_sign()) {
    note_home();
  } else {
    spdlog::warn("publishing state={} waiting-for={}", word_of(gate_.state()),
                 gate_.waiting_for().size());
  }
  tell(before);
  look_at_evidence();
}

/// What proves that somebody else signs with our key may have been kept while no value was written
/// of it: by an earlier life that ended just then, by `moot bundle read`, or by a restored store.
void GateKeeper::look_at_evidence() {
  const log::OrganisationId& own = parts_.follows.own();
  const auto identity = parts_.store.identity(own);
  if (!identity) return;
  for (const Bytes& file : parts_.store.evidence(own)) {
    const auto judged = log::judge_evidence(file);
    if (!judged || judged->evidence.organisation != own) continue;
    if (!log::freezes(judged->evidence, *identity)) continue;
    spdlog::error("own-evidence seq={}", judged->evidence.epoch);
    handle_ahead({.peer = own, .head = judged->second, .contradicts = true});
  }
}

/// A value names the log key that it is about: one of an older key says nothing any more.
void GateKeeper::resume_ahead() {
  const auto value = parts_.store.value(ahead_value);
  if (!value || value->empty()) return;
  std::istringstream words(*value);
  std::string state, key, peer;
  std::uint64_t size = 0;
  std::uint64_t since_ms = 0;
  words >> state >> key >> peer >> size >> since_ms;
  const auto id = log::parse_organisation_id(peer);
  if (!words || !id || key != crypto::to_hex(parts_.log_key)) return put_value(ahead_value, {});
  const bool contradicts = state == word_of(Signing::forked);
  gate_.resume({.peer = *id, .size = size, .contradicts = contradicts}, since_ms);
  parts_.driver.set_own_catch_up(!contradicts);
}

bool GateKeeper::is_home_changed() {
  instance_ = read_instance(parts_.paths.instance);
  const auto known_instance = parts_.store.value(instance_value);
  const auto known_machine = parts_.store.value(machine_value);
  // Empty: not known. A restored home forgets what its backup knew, as it gets a new log key.
  const auto is_another = [](const std::optional<std::string>& known, const std::string& now) {
    return known && !known->empty() && *known != now;
  };
  const bool is_other_instance = is_another(known_instance, instance_);
  const bool is_other_machine = is_another(known_machine, machine_);
  if (is_other_instance) spdlog::warn("home-changed what=instance");
  if (is_other_machine) spdlog::warn("home-changed what=machine");
  return is_other_instance || is_other_machine;
}

/// This home, on this machine, is the one: written when somebody has said so, or at the first
/// start.
void GateKeeper::note_home() {
  if (instance_.empty()) instance_ = make_instance(parts_.paths.instance);
  if (parts_.store.value(instance_value) != instance_) put_value(instance_value, instance_);
  if (parts_.store.value(machine_value) != machine_) put_value(machine_value, machine_);
}

void GateKeeper::put_value(const char* name, std::string value) {
  parts_.commits.submit(store::PutValue{.name = name, .value = std::move(value)},
                        [name](const store::JobResult& result) {
                          if (result) return;
                          spdlog::warn("value-not-noted name={} reason={}", name,
                                       store::word_of(result.error()));
                        });
}

void GateKeeper::look_at_machine() {
  timer_.arm(parts_.loop.now() + limits::clock_look_ms);
  look_now();
}

void GateKeeper::look_now() {
  const Machine now = parts_.read_machine();
  const auto what = watch_.look(now);
  if (!what) return;
  machine_ = now.id;
  const Signing before = gate_.state();
  refresh_acquaintances();
  gate_.close(unix_now_ms(), *what == "machine");
  spdlog::warn("machine-changed what={} publishing={}", *what, word_of(gate_.state()));
  tell(before);
  if (!gate_.may_sign()) parts_.driver.request_own_heads();
}

/// Whoever likes can cosign our log under as many names as they like, and write into their lines
/// what time they like: of them only those count that were here lately, in the order in which we
/// have kept them by our own clock.
void GateKeeper::refresh_acquaintances() {
  std::set<log::OrganisationId> recent;
  const std::uint64_t now_ms = unix_now_ms();
  for (const store::PeerSeen& peer : parts_.store.peers()) {
    if (peer.seen_ms + std::uint64_t{limits::peer_recent_ms} >= now_ms) {
      recent.insert(peer.organisation);
    }
  }
  std::vector<Acquaintance> all;
  for (const auto& [organisation, follow] : parts_.follows.all()) {
    all.push_back({.organisation = organisation,
                   .known_since_ms = follow.since_ms,
                   .is_recent = recent.contains(organisation),
                   .is_followed = true});
  }
  for (const log::WitnessRow& row : parts_.store.witnesses(parts_.follows.own())) {
    if (parts_.follows.find(row.witness) != nullptr || !recent.contains(row.witness)) continue;
    const bool is_known = row.kept_since_ms != 0;
    all.push_back({.organisation = row.witness,
                   .known_since_ms = is_known ? row.kept_since_ms : UINT64_MAX,
                   .is_recent = true,
                   .is_followed = false});
  }
  const Signing before = gate_.state();
  gate_.set_acquaintances(std::move(all));
  tell(before);
}

void GateKeeper::handle_confirmed(const sync::OwnHeadConfirmed& confirmed) {
  const Signing before = gate_.state();
  gate_.handle_confirmed(confirmed.peer);
  tell(before);
}

void GateKeeper::handle_ahead(const sync::OwnLogAhead& ahead) {
  const Signing before = gate_.state();
  const auto known = gate_.ahead();
  gate_.handle_ahead(
      {.peer = ahead.peer, .size = ahead.head.size, .contradicts = ahead.contradicts},
      unix_now_ms());
  const bool is_news = !known || known->size != gate_.ahead()->size || before != gate_.state();
  if (!is_news) return;
  *may_sign_ = false;  // before anything else: the writer may be about to sign
  note_ahead();
  parts_.driver.set_own_catch_up(gate_.state() == Signing::restored);
  tell(before);
}

void GateKeeper::note_ahead() {
  const SigningGate::Ahead& ahead = *gate_.ahead();
  put_value(ahead_value, std::string(word_of(gate_.state())) + " " +
                             crypto::to_hex(parts_.log_key) + " " + log::to_text(ahead.peer) + " " +
                             std::to_string(ahead.size) + " " + std::to_string(gate_.since_ms()));
}

SigningGate::Confirmation GateKeeper::confirm_by_person() {
  const Signing before = gate_.state();
  const auto confirmation = gate_.confirm_by_person();
  tell(before);
  return confirmation;
}

void GateKeeper::hold_for_key_change(bool is_changing) {
  is_changing_key_ = is_changing;
  *may_sign_ = gate_.may_sign() && !is_changing;
  if (on_change_) on_change_();
}

void GateKeeper::tell(Signing before) {
  *may_sign_ = gate_.may_sign() && !is_changing_key_;
  if (before == gate_.state()) return;
  spdlog::info("publishing state={}", word_of(gate_.state()));
  if (gate_.may_sign()) note_home();
  if (on_change_) on_change_();
}

// ---- words

std::string GateKeeper::name_of(const log::OrganisationId& organisation) const {
  const std::string name = parts_.follows.name_of(organisation);
  return name.empty() ? log::to_text(organisation) : name;
}

std::vector<std::string> GateKeeper::waiting_for() const {
  std::vector<std::string> names;
  for (const log::OrganisationId& one : gate_.waiting_for()) names.push_back(name_of(one));
  return names;
}

std::string GateKeeper::words() const {
  switch (gate_.state()) {
    case Signing::open:
      return is_changing_key_ ? "the organisation's keys are being changed at this moment"
                              : std::string();
    case Signing::waiting: {
      const auto names = waiting_for();
      const std::string confirm =
          " If this machine was NOT restored from a backup or copied: `moot confirm-not-restored`";
      if (names.empty()) {
        return "this home has moved to another machine or was copied, and nobody is known who "
               "could "
               "tell whether it is the newest." +
               confirm;
      }
      const std::string some =
          names.size() > gate_.missing() ? std::to_string(gate_.missing()) + " of " : std::string();
      return "waiting to hear from " + some + listed(names) + " since " +
             shown_time(gate_.since_ms()) + "." + confirm;
    }
    case Signing::restored:
      return "this home IS older than what " + name_of(gate_.ahead()->peer) + " holds (" +
             std::to_string(gate_.ahead()->size) +
             " entries of our own log): it was restored or copied. It fetches what is missing. "
             "Before it can publish the officers must replace its key: `moot keys rotate "
             "--after-restore`, then sign, then `moot keys apply`";
    case Signing::forked:
      return name_of(gate_.ahead()->peer) + " holds another history of our own log (" +
             std::to_string(gate_.ahead()->size) +
             " entries), signed with our key: two copies of this home have published, or the key "
             "was stolen. The officers must decide which is right: `moot restore`, or `moot keys "
             "rotate`";
  }
  return {};
}

}  // namespace moot::node
