// The file of a request: `key value` lines in one order, so that it can be read by people, sent by
// mail, and has one text.
#include <algorithm>
#include <array>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "log/establish_layout.hpp"
#include "log/rotation.hpp"
#include "log/text.hpp"

namespace moot::log {
namespace {

constexpr std::string_view first_line = "moot/establish-request/v1";

void put(std::string& text, std::string_view key, std::string_view value) {
  text.append(key).append(" ").append(value).append("\n");
}

void put_holders(std::string& text, std::string_view key, const std::vector<KeyHolder>& holders) {
  for (const KeyHolder& holder : holders) {
    MOOT_CHECK(is_request_text(holder.name, limits::officer_name_bytes_max));
    put(text, key, std::to_string(holder.place) + " " + holder.name);
  }
}

/// The lines of a file, taken in order by their keys.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  /// The next line's value when it has this key; nullopt, and nothing taken, else.
  std::optional<std::string_view> take(std::string_view key) {
    std::string_view after = rest_;
    auto line = take_line(after);
    if (!line || !line->starts_with(key) || line->size() <= key.size() ||
        (*line)[key.size()] != ' ') {
      return std::nullopt;
    }
    rest_ = after;
    line->remove_prefix(key.size() + 1);
    return line;
  }
  bool take_first() {
    const auto line = take_line(rest_);
    return line == first_line;
  }
  bool finished() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

std::optional<Bytes> take_bytes(Lines& lines, std::string_view key, std::size_t bytes_max) {
  const auto value = lines.take(key);
  if (!value) return std::nullopt;
  auto bytes = crypto::from_base64(*value);
  if (!bytes || bytes->size() > bytes_max) return std::nullopt;
  return std::move(*bytes);
}

std::optional<crypto::Signature> signature_of(std::string_view text) {
  const auto bytes = crypto::from_base64(text);
  crypto::Signature signature{};
  if (!bytes || bytes->size() != signature.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), signature.begin());
  return signature;
}

std::optional<Purpose> purpose_of(std::string_view word) {
  for (const Purpose purpose : {Purpose::planned, Purpose::theft, Purpose::restored}) {
    if (word == word_of(purpose)) return purpose;
  }
  return std::nullopt;
}

/// "3 rest": a place and what stands behind it.
std::optional<std::pair<std::uint8_t, std::string_view>> placed(std::string_view value) {
  const std::size_t space = value.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const auto place = parse_decimal(value.substr(0, space));
  if (!place || *place >= limits::reserve_keys_max) return std::nullopt;
  return std::pair{static_cast<std::uint8_t>(*place), value.substr(space + 1)};
}

bool take_holders(Lines& lines, std::string_view key, std::vector<KeyHolder>& out) {
  while (const auto value = lines.take(key)) {
    const auto holder = placed(*value);
    const bool is_right = holder &&
                          is_request_text(holder->second, limits::officer_name_bytes_max) &&
                          (out.empty() || out.back().place < holder->first);
    if (!is_right) return false;
    out.push_back({holder->first, std::string(holder->second)});
  }
  return true;
}

bool take_signatures(Lines& lines, std::vector<CollectedSignature>& out) {
  while (const auto value = lines.take("signature")) {
    const auto item = placed(*value);
    const auto signature = item ? signature_of(item->second) : std::nullopt;
    if (!signature || (!out.empty() && out.back().revealed >= item->first)) return false;
    out.push_back({item->first, *signature});
  }
  return true;
}

bool take_text(Lines& lines, std::string_view key, std::size_t bytes_max, std::string& out) {
  const auto value = lines.take(key);
  if (!value) return true;
  out = *value;
  return is_request_text(out, bytes_max);
}

/// What the lines say beside the leaves, to be compared with them.
struct Claims {
  OrganisationId organisation;
  std::uint64_t seq = 0;
  std::uint64_t threshold = 0;
};

bool take_head(Lines& lines, EstablishRequest& out, Claims& claims) {
  const auto organisation = lines.take("organisation");
  const auto id = organisation ? parse_organisation_id(*organisation)
                               : Result<OrganisationId, Fault>(fail(Fault::bad_text));
  if (!id || to_text(*id) != *organisation) return false;
  claims.organisation = *id;
  const auto seq = lines.take("seq");
  const auto purpose = lines.take("purpose");
  const auto threshold = lines.take("threshold");
  const auto size = lines.take("size");
  if (!seq || !purpose || !threshold || !size) return false;
  const auto seq_number = parse_decimal(*seq);
  const auto purpose_named = purpose_of(*purpose);
  const auto threshold_number = parse_decimal(*threshold);
  const auto size_number = parse_decimal(*size);
  if (!seq_number || !purpose_named || !threshold_number || !size_number) return false;
  claims.seq = *seq_number;
  claims.threshold = *threshold_number;
  out.purpose = *purpose_named;
  out.log_size = *size_number;
  return true;
}

bool take_leaves(Lines& lines, EstablishRequest& out) {
  auto before = take_bytes(lines, "before", limits::establish_bytes_max);
  if (!before || before->empty()) return false;
  out.before_leaf = std::move(*before);
  Lines ahead = lines;
  if (ahead.take("rival")) {
    auto rival = take_bytes(lines, "rival", limits::establish_bytes_max);
    if (!rival || rival->empty()) return false;
    out.rival_leaf = std::move(*rival);
  }
  auto body = take_bytes(lines, "body", limits::establish_bytes_max);
  const auto signature = lines.take("log-signature");
  const auto log_key_signature = signature ? signature_of(*signature) : std::nullopt;
  if (!body || !log_key_signature) return false;
  out.body = std::move(*body);
  out.log_key_signature = *log_key_signature;
  return true;
}

bool take_all(Lines& lines, EstablishRequest& out, Claims& claims) {
  return lines.take_first() && take_head(lines, out, claims) && take_leaves(lines, out) &&
         take_text(lines, "name", limits::officer_name_bytes_max, out.name) &&
         take_holders(lines, "holder", out.holders) &&
         take_holders(lines, "next", out.next_holders) &&
         take_text(lines, "note", limits::establish_note_bytes_max, out.note) &&
         take_signatures(lines, out.signatures) && lines.finished();
}

Hash id_of(const EstablishLayout& layout, ByteView leaf) {
  return event_id(leaf.first(layout.body_bytes));
}

/// The fields of the event, of the one before it and of its rival; whether they fit together.
Result<Done, Fault> read_events(EstablishRequest& request, const Claims& claims) {
  // A leaf without signatures: the body and a zero count.
  Bytes unsigned_leaf = request.body;
  unsigned_leaf.push_back(0);
  auto event = read_establish(unsigned_leaf);
  if (!event) return fail(event.error());
  if (event->body_bytes != request.body.size()) return fail(Fault::trailing_bytes);
  auto before = read_establish(request.before_leaf);
  if (!before) return fail(before.error());
  request.event = std::move(event->establish);
  if (request.event.seq == 0 || request.event.seq != before->establish.seq + 1 ||
      request.event.previous != id_of(*before, request.before_leaf) ||
      request.event.organisation != claims.organisation || request.event.seq != claims.seq ||
      before->establish.threshold_next != claims.threshold ||
      request.log_size < request.event.trusted_size) {
    return fail(Fault::broken_chain);
  }
  request.before = std::move(before->establish);
  if (request.event.repudiated.has_value() == request.rival_leaf.empty()) {
    return fail(Fault::broken_chain);
  }
  if (request.rival_leaf.empty()) return Done{};
  auto rival = read_establish(request.rival_leaf);
  if (!rival) return fail(rival.error());
  if (request.event.repudiated != id_of(*rival, request.rival_leaf) ||
      rival->establish.seq != request.before.seq) {
    return fail(Fault::broken_chain);
  }
  request.rival = std::move(rival->establish);
  return Done{};
}

bool announces(const Establish& set, const RevealedKey& revealed) {
  return revealed.prior_index < set.next_digests.size() &&
         set.next_digests[revealed.prior_index] == reserve_digest(revealed.key);
}

Result<Done, Fault> check_keys(const EstablishRequest& request) {
  const Establish& event = request.event;
  for (const RevealedKey& revealed : event.revealed) {
    const bool is_announced = announces(request.before, revealed) ||
                              (request.rival && announces(*request.rival, revealed));
    if (!is_announced) return fail(Fault::unknown_key);
  }
  const auto is_good = [&](const crypto::PublicKeyBytes& bytes, const crypto::Signature& by) {
    const auto key = crypto::PublicKey::from_bytes(bytes);
    return key && key->verify_use("establish", request.body, by);
  };
  if (!is_good(event.log_key, request.log_key_signature)) return fail(Fault::bad_signature);
  for (const CollectedSignature& collected : request.signatures) {
    if (collected.revealed >= event.revealed.size()) return fail(Fault::unknown_key);
    if (!is_good(event.revealed[collected.revealed].key, collected.signature)) {
      return fail(Fault::bad_signature);
    }
  }
  const bool are_holders_placed =
      (request.holders.empty() || request.holders.back().place < event.revealed.size()) &&
      (request.next_holders.empty() ||
       request.next_holders.back().place < event.next_digests.size());
  if (!are_holders_placed) return fail(Fault::bad_text);
  return Done{};
}

}  // namespace

bool is_request_text(std::string_view text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max && text.front() != ' ' && text.back() != ' ' &&
         text.find('\n') == std::string_view::npos && text.find('\x7f') == std::string_view::npos &&
         is_note_text(text);
}

std::string to_text(const EstablishRequest& request) {
  std::string text(first_line);
  text += '\n';
  put(text, "organisation", to_text(request.event.organisation));
  put(text, "seq", std::to_string(request.event.seq));
  put(text, "purpose", word_of(request.purpose));
  put(text, "threshold", std::to_string(request.before.threshold_next));
  put(text, "size", std::to_string(request.log_size));
  put(text, "before", crypto::to_base64(request.before_leaf));
  if (!request.rival_leaf.empty()) put(text, "rival", crypto::to_base64(request.rival_leaf));
  put(text, "body", crypto::to_base64(request.body));
  put(text, "log-signature", crypto::to_base64(request.log_key_signature));
  if (!request.name.empty()) {
    MOOT_CHECK(is_request_text(request.name, limits::officer_name_bytes_max));
    put(text, "name", request.name);
  }
  put_holders(text, "holder", request.holders);
  put_holders(text, "next", request.next_holders);
  if (!request.note.empty()) {
    MOOT_CHECK(is_request_text(request.note, limits::establish_note_bytes_max));
    put(text, "note", request.note);
  }
  for (const CollectedSignature& collected : request.signatures) {
    put(text, "signature",
        std::to_string(collected.revealed) + " " + crypto::to_base64(collected.signature));
  }
  MOOT_CHECK(text.size() <= limits::establish_request_bytes_max, text.size());
  return text;
}

Result<EstablishRequest, Fault> parse_request(std::string_view text) {
  if (text.size() > limits::establish_request_bytes_max) return fail(Fault::too_long);
  EstablishRequest request;
  Claims claims;
  Lines lines(text);
  if (!take_all(lines, request, claims)) return fail(Fault::bad_text);
  if (const auto read = read_events(request, claims); !read) return fail(read.error());
  if (const auto checked = check_keys(request); !checked) return fail(checked.error());
  return request;
}

}  // namespace moot::log
