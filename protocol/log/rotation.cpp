#include "log/rotation.hpp"

#include <algorithm>
#include <limits>

#include "base/check.hpp"
#include "log/bech32m.hpp"
#include "log/establish_layout.hpp"

namespace moot::log {
namespace {

constexpr std::string_view key_prefix = "mootpub";

/// Which place of a set a key has.
std::optional<std::uint8_t> place_of(const crypto::PublicKeyBytes& key, const Establish& set) {
  const auto found =
      std::find(set.next_digests.begin(), set.next_digests.end(), reserve_digest(key));
  if (found == set.next_digests.end()) return std::nullopt;
  return static_cast<std::uint8_t>(found - set.next_digests.begin());
}

bool reveals(const Establish& event, const crypto::PublicKeyBytes& key) {
  return std::any_of(event.revealed.begin(), event.revealed.end(),
                     [&](const RevealedKey& revealed) { return revealed.key == key; });
}

/// Adds those of the known keys that this set announced; answers how many of the set are revealed.
std::size_t reveal(Establish& event, const Establish& set,
                   const std::vector<crypto::PublicKeyBytes>& known) {
  std::vector<RevealedKey> of_set;
  for (const auto& key : known) {
    const auto place = place_of(key, set);
    if (place && !reveals(event, key)) of_set.push_back({*place, key});
  }
  std::sort(of_set.begin(), of_set.end(),
            [](const auto& a, const auto& b) { return a.prior_index < b.prior_index; });
  of_set.erase(std::unique(of_set.begin(), of_set.end()), of_set.end());
  event.revealed.insert(event.revealed.end(), of_set.begin(), of_set.end());
  return static_cast<std::size_t>(std::count_if(
      event.revealed.begin(), event.revealed.end(),
      [&](const RevealedKey& revealed) { return place_of(revealed.key, set).has_value(); }));
}

template <class T>
bool are_distinct(std::vector<T> items) {
  std::sort(items.begin(), items.end());
  return std::adjacent_find(items.begin(), items.end()) == items.end();
}

Result<Done, Fault> check_parameters(const Identity& identity,
                                     const RequestParameters& parameters) {
  const EstablishEvent& before = identity.newest();
  if (before.establish.seq + 1 >= limits::establish_events_max) return fail(Fault::too_long);
  if (parameters.trusted.size <= before.position || parameters.trusted.size > parameters.log_size) {
    return fail(Fault::wrong_size);
  }
  const bool is_set_right = parameters.next_keys.empty() ||
                            (parameters.next_keys.size() <= limits::reserve_keys_max &&
                             are_distinct(parameters.next_keys) && parameters.threshold_next >= 1 &&
                             parameters.threshold_next <= parameters.next_keys.size());
  const bool are_keys_right = is_set_right &&
                              parameters.node_keys.size() <= limits::node_keys_max &&
                              are_distinct(parameters.node_keys) &&
                              parameters.witness_policy.size() <= limits::witness_policy_bytes_max;
  if (!are_keys_right) return fail(Fault::bad_value);
  return Done{};
}

/// What the rival's officers must do with it, and its id into the event.
Result<Done, Fault> repudiate(Establish& event, std::optional<Establish>& rival,
                              const Identity& identity, const RequestParameters& parameters) {
  if (parameters.rival_leaf.empty()) return Done{};
  const auto seq = identity.check_rival(parameters.rival_leaf);
  if (!seq) return fail(seq.error());
  if (*seq != identity.newest().establish.seq) return fail(Fault::broken_chain);
  auto layout = read_establish(parameters.rival_leaf);
  MOOT_CHECK(layout.has_value());  // check_rival has read it
  event.repudiated = event_id(ByteView(parameters.rival_leaf).first(layout->body_bytes));
  rival = std::move(layout->establish);
  return Done{};
}

Establish event_of(const Identity& identity, const RequestParameters& parameters,
                   const crypto::SigningKey& new_log_key) {
  const EstablishEvent& before = identity.newest();
  Establish event;
  event.organisation = identity.organisation();
  event.seq = before.establish.seq + 1;
  event.previous = before.id;
  event.time_s = parameters.time_s;
  event.trusted_size = parameters.trusted.size;
  event.trusted_root = parameters.trusted.root;
  event.log_key = new_log_key.public_key().bytes();
  event.node_keys = parameters.node_keys;
  event.threshold_next = parameters.threshold_next;
  for (const auto& key : parameters.next_keys) event.next_digests.push_back(reserve_digest(key));
  if (parameters.next_keys.empty()) {
    event.threshold_next = before.establish.threshold_next;
    event.next_digests = before.establish.next_digests;
  }
  event.witness_policy = parameters.witness_policy;
  return event;
}

std::size_t missing_of(const EstablishRequest& request, const Establish& set) {
  std::size_t signed_count = 0;
  for (const CollectedSignature& collected : request.signatures) {
    if (place_of(request.event.revealed[collected.revealed].key, set)) ++signed_count;
  }
  return signed_count < set.threshold_next ? set.threshold_next - signed_count : 0;
}

Error refused(std::string message, std::string hint = {}) {
  return {
      .code = "refused", .message = std::move(message), .hint = std::move(hint), .problems = {}};
}

/// Adds the signatures of one copy that are not there yet. All of them are good.
void add_signatures(EstablishRequest& to, const EstablishRequest& from) {
  for (const CollectedSignature& collected : from.signatures) {
    const auto at =
        std::lower_bound(to.signatures.begin(), to.signatures.end(), collected,
                         [](const auto& a, const auto& b) { return a.revealed < b.revealed; });
    if (at == to.signatures.end() || at->revealed != collected.revealed) {
      to.signatures.insert(at, collected);
    }
  }
}

Error incomplete(const MissingSignatures& missing) {
  const std::size_t count = std::max(missing.of_current, missing.of_rival);
  return {.code = "incomplete",
          .message = std::to_string(count) +
                     (count == 1 ? " more officer must sign" : " more officers must sign"),
          .hint =
              "`moot keys sign FILE` on the machine of an officer; copies that were signed "
              "apart can be given together",
          .problems = {}};
}

}  // namespace

std::string reserve_key_text(const crypto::PublicKeyBytes& key) {
  return to_bech32m(key_prefix, key);
}

Result<crypto::PublicKeyBytes, Fault> parse_reserve_key_text(std::string_view text) {
  const auto bytes = from_bech32m(key_prefix, text);
  if (!bytes) return fail(bytes.error());
  crypto::PublicKeyBytes key{};
  if (bytes->size() != key.size()) return fail(Fault::bad_text);
  std::copy(bytes->begin(), bytes->end(), key.begin());
  if (!crypto::PublicKey::from_bytes(key)) return fail(Fault::bad_value);
  return key;
}

std::string_view word_of(Purpose purpose) {
  switch (purpose) {
    case Purpose::planned:
      return "planned";
    case Purpose::theft:
      return "theft";
    case Purpose::restored:
      return "restored";
  }
  MOOT_CHECK(false, static_cast<int>(purpose));
}

Result<EstablishRequest, Fault> make_request(const Identity& identity,
                                             const RequestParameters& parameters,
                                             const crypto::SigningKey& new_log_key) {
  if (const auto checked = check_parameters(identity, parameters); !checked) {
    return fail(checked.error());
  }
  EstablishRequest request;
  request.purpose = parameters.purpose;
  request.log_size = parameters.log_size;
  request.before_leaf = identity.newest().leaf;
  request.before = identity.newest().establish;
  request.rival_leaf = parameters.rival_leaf;
  request.event = event_of(identity, parameters, new_log_key);
  if (const auto done = repudiate(request.event, request.rival, identity, parameters); !done) {
    return fail(done.error());
  }
  for (const Establish* set : {&request.before, request.rival ? &*request.rival : nullptr}) {
    if (set == nullptr) continue;
    if (reveal(request.event, *set, parameters.known_keys) < set->threshold_next) {
      return fail(Fault::too_few_signatures);
    }
  }
  if (request.event.revealed.size() > limits::reserve_keys_max) return fail(Fault::too_long);
  request.body = encode_body(request.event);
  request.log_key_signature = new_log_key.sign_use("establish", request.body);
  return request;
}

Result<Done, SignFault> sign(EstablishRequest& request, const crypto::SigningKey& reserve_key) {
  const auto& key = reserve_key.public_key().bytes();
  const auto& revealed = request.event.revealed;
  const auto found = std::find_if(revealed.begin(), revealed.end(),
                                  [&](const RevealedKey& item) { return item.key == key; });
  if (found == revealed.end()) {
    const bool is_officer =
        place_of(key, request.before) || (request.rival && place_of(key, *request.rival));
    return fail(is_officer ? SignFault::not_revealed : SignFault::not_an_officer);
  }
  EstablishRequest added;
  added.signatures = {{static_cast<std::uint8_t>(found - revealed.begin()),
                       reserve_key.sign_use("establish", request.body)}};
  const std::size_t count = request.signatures.size();
  add_signatures(request, added);
  if (request.signatures.size() == count) return fail(SignFault::already_signed);
  return Done{};
}

std::string plan_text(const EstablishRequest& request) {
  return "moot/key-plan/v1\npurpose " + std::string(word_of(request.purpose)) + "\nsize " +
         std::to_string(request.log_size) + "\n";
}

Result<Done, Error> check_plan(const EstablishRequest& request, std::string_view plan) {
  if (plan_text(request) == plan) return Done{};
  return fail(refused(
      "the request says something else than what `moot keys rotate` wrote on this machine: its "
      "line `purpose` or `size`, which nobody signs, was changed on its way",
      "ask the officers what they were shown, and apply a copy that is as it was written; or "
      "`moot keys cancel`, and `moot keys rotate` again"));
}

MissingSignatures missing_signatures(const EstablishRequest& request) {
  return {.of_current = missing_of(request, request.before),
          .of_rival = request.rival ? missing_of(request, *request.rival) : 0};
}

Bytes to_leaf(const EstablishRequest& request) {
  Establish event = request.event;
  for (const CollectedSignature& collected : request.signatures) {
    event.signatures.push_back(
        {EstablishSignature::Kind::reserve, collected.revealed, collected.signature});
  }
  event.signatures.push_back({EstablishSignature::Kind::new_log_key, 0, request.log_key_signature});
  return encode(event);
}

Result<EstablishRequest, Error> unite(std::span<const std::string> texts) {
  std::optional<EstablishRequest> united;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::string which =
        texts.size() == 1 ? "the file" : "file " + std::to_string(i + 1) + " of those given";
    auto request = parse_request(texts[i]);
    if (!request) {
      return fail(refused(which + " is no usable request for a change of keys: " +
                              std::string(describe(request.error())),
                          "take it again from whoever sent it"));
    }
    if (!united) {
      united = std::move(*request);
    } else if (united->body != request->body) {
      return fail(refused(which + " is about another change of keys than the first",
                          "give only copies of one request"));
    } else if (plan_text(*united) != plan_text(*request)) {
      return fail(refused(which + " has another line `purpose` or `size` than the first: one of "
                                  "them was changed on its way",
                          "give only copies that are as `moot keys rotate` wrote them"));
    } else {
      add_signatures(*united, *request);
    }
  }
  if (!united) return fail(refused("no request was given"));
  return std::move(*united);
}

Result<EstablishRequest, Error> unite_and_check(std::span<const std::string> texts,
                                                const Identity& identity, LeafIndex position) {
  auto request = unite(texts);
  if (!request) return request;
  const Establish& event = request->event;
  if (event.organisation != identity.organisation()) {
    return fail(
        refused("this change of keys is another organisation's: " + to_text(event.organisation)));
  }
  const auto& events = identity.events();
  if (event.seq < events.size() && events[event.seq].id == event_id(request->body)) {
    return fail(Error{.code = "exists",
                      .message = "this change of keys is in force already",
                      .hint = "`moot keys list` shows the keys",
                      .problems = {}});
  }
  const MissingSignatures missing = missing_signatures(*request);
  if (!missing.is_none()) return fail(incomplete(missing));
  Identity after = identity;
  const auto extended = after.extend(to_leaf(*request), position, request->rival_leaf);
  if (!extended) {
    return fail(refused("this change of keys does not fit the organisation's log: " +
                            std::string(describe(extended.error())),
                        "make a new request with `moot keys rotate`"));
  }
  return request;
}

}  // namespace moot::log
