#include "log/evidence.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "log/establish_layout.hpp"
#include "log/record_fields.hpp"

namespace moot::log {
namespace {

constexpr std::string_view format_line = "moot/evidence/v1\n";

void write_leaf(Writer& out, ByteView leaf) {
  MOOT_CHECK(leaf.size() <= limits::establish_bytes_max, leaf.size());
  out.u16(static_cast<std::uint16_t>(leaf.size())).bytes(leaf);
}

void write_note(Writer& out, std::string_view note) {
  MOOT_CHECK(note.size() <= limits::note_bytes_max, note.size());
  out.u16(static_cast<std::uint16_t>(note.size())).bytes(view_of(note));
}

Bytes read_counted(Reader& in) {
  const std::size_t bytes = in.u16();
  return to_bytes(in.bytes(bytes));
}

void write_fork(Writer& out, const Evidence& evidence) {
  MOOT_CHECK(evidence.proof.size() <= limits::proof_hashes_max, evidence.proof.size());
  write_note(out, evidence.first_note);
  write_note(out, evidence.second_note);
  out.bytes(evidence.root_at_first).u8(static_cast<std::uint8_t>(evidence.proof.size()));
  for (const Hash& hash : evidence.proof) out.bytes(hash);
}

void read_fork(Reader& in, Evidence& out) {
  out.first_note = text_of(read_counted(in));
  out.second_note = text_of(read_counted(in));
  out.root_at_first = in.fixed<32>();
  out.proof.resize(in.u8());
  for (Hash& hash : out.proof) hash = in.fixed<32>();
}

Result<Evidence, Fault> read_evidence(ByteView bytes) {
  Reader in(bytes);
  Evidence out;
  const std::uint8_t kind = in.u8();
  out.organisation.bytes = in.fixed<32>();
  out.epoch = in.u32();
  const std::size_t event_count = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (kind < 1 || kind > 2) return fail(Fault::not_supported);
  out.kind = static_cast<EvidenceKind>(kind);
  if (event_count == 0 || event_count > limits::establish_events_max) return fail(Fault::bad_value);
  for (std::size_t i = 0; i < event_count && in.ok(); ++i) {
    const LeafIndex position = in.u64();
    Bytes leaf = read_counted(in);
    out.events.push_back({position, std::move(leaf), read_counted(in)});
  }
  switch (out.kind) {
    case EvidenceKind::fork:
      read_fork(in, out);
      break;
    case EvidenceKind::rivals:
      out.rival_leaf = read_counted(in);
      break;
  }
  if (!in.finished()) return fail(fault_at_end(in));
  if (out.proof.size() > limits::proof_hashes_max) return fail(Fault::bad_value);
  return out;
}

/// The chain that the file carries, up to and including its epoch.
Result<Identity, Fault> judge_chain(const Evidence& evidence) {
  const auto& events = evidence.events;
  if (events.empty() || events.front().position != 0) return fail(Fault::broken_chain);
  if (events.size() != std::size_t{evidence.epoch} + 1) return fail(Fault::broken_chain);
  auto identity = Identity::begin(events.front().leaf);
  if (!identity) return fail(identity.error());
  if (identity->organisation() != evidence.organisation) return fail(Fault::wrong_organisation);
  for (const Evidence::Event& event : std::span(events).subspan(1)) {
    const auto extended = identity->extend(event.leaf, event.position, event.rival_leaf);
    if (!extended) return fail(extended.error());
  }
  return identity;
}

/// A head that the log key of the newest event has signed.
Result<Head, Fault> judge_head(const Identity& identity, std::string_view note) {
  const auto checkpoint = check_checkpoint(note, identity);
  if (!checkpoint) return fail(checkpoint.error());
  const Head& head = (*checkpoint)->head;
  // Under an older event another key speaks, and its heads may be left behind by the newer one.
  if (identity.valid_at(head.size).id != identity.newest().id) return fail(Fault::unknown_key);
  return head;
}

Result<JudgedEvidence, Fault> judge_fork(const Identity& identity, Evidence evidence) {
  const auto first = judge_head(identity, evidence.first_note);
  if (!first) return fail(first.error());
  const auto second = judge_head(identity, evidence.second_note);
  if (!second) return fail(second.error());
  if (first->size > second->size) return fail(Fault::wrong_size);
  const Head in_second{first->size, evidence.root_at_first};
  if (const auto proved = verify_consistency(in_second, *second, evidence.proof); !proved) {
    return fail(proved.error());
  }
  if (in_second == *first) return fail(Fault::no_contradiction);
  return JudgedEvidence{std::move(evidence), *first, *second};
}

Result<JudgedEvidence, Fault> judge_rivals(const Identity& identity, Evidence evidence) {
  const auto layout = read_establish(evidence.rival_leaf);
  if (!layout) return fail(layout.error());
  // The same event under other signatures is no second decision.
  const Hash rival_id = event_id(ByteView(evidence.rival_leaf).first(layout->body_bytes));
  if (rival_id == identity.newest().id) return fail(Fault::no_contradiction);
  const auto seq = identity.check_rival(evidence.rival_leaf);
  if (!seq) return fail(seq.error());
  if (*seq != evidence.epoch) return fail(Fault::broken_chain);
  return JudgedEvidence{std::move(evidence), {}, {}};
}

Result<JudgedEvidence, Fault> judge(Evidence evidence) {
  const auto identity = judge_chain(evidence);
  if (!identity) return fail(identity.error());
  switch (evidence.kind) {
    case EvidenceKind::fork:
      return judge_fork(*identity, std::move(evidence));
    case EvidenceKind::rivals:
      return judge_rivals(*identity, std::move(evidence));
  }
  return fail(Fault::not_supported);
}

Evidence evidence_of(EvidenceKind kind, const Identity& identity, std::uint32_t epoch) {
  Evidence out;
  out.kind = kind;
  out.organisation = identity.organisation();
  out.epoch = epoch;
  for (const EstablishEvent& event : std::span(identity.events()).first(std::size_t{epoch} + 1)) {
    out.events.push_back({event.position, event.leaf, event.rival_leaf});
  }
  return out;
}

/// The note with the log's own signatures only: cosignatures may make the file too long.
std::string bare_note(const std::string& note, const OrganisationId& organisation) {
  auto parsed = parse_note(note);
  if (!parsed) return note;
  std::erase_if(parsed->signatures, [&](const NoteSignature& signature) {
    return signature.name != log_origin(organisation);
  });
  return to_text(*parsed);
}

}  // namespace

std::optional<Bytes> to_file(const Evidence& evidence) {
  MOOT_CHECK(!evidence.events.empty() && evidence.events.size() <= limits::establish_events_max,
             evidence.events.size());
  Writer out;
  out.u8(static_cast<std::uint8_t>(evidence.kind)).bytes(evidence.organisation.bytes);
  out.u32(evidence.epoch).u8(static_cast<std::uint8_t>(evidence.events.size()));
  for (const Evidence::Event& event : evidence.events) {
    out.u64(event.position);
    write_leaf(out, event.leaf);
    write_leaf(out, event.rival_leaf);
  }
  switch (evidence.kind) {
    case EvidenceKind::fork:
      write_fork(out, evidence);
      break;
    case EvidenceKind::rivals:
      write_leaf(out, evidence.rival_leaf);
      break;
  }
  const std::string text = std::string(format_line) + crypto::to_base64(out.view()) + "\n";
  if (text.size() > limits::evidence_bytes_max) return std::nullopt;
  return to_bytes(view_of(text));
}

Result<JudgedEvidence, Fault> judge_evidence(ByteView file) {
  if (file.size() > limits::evidence_bytes_max) return fail(Fault::too_long);
  std::string_view text = text_of(file);
  if (!is_evidence(file) || !text.ends_with('\n')) return fail(Fault::bad_text);
  text.remove_prefix(format_line.size());
  if (text.empty()) return fail(Fault::bad_text);
  text.remove_suffix(1);
  const auto bytes = crypto::from_base64(text);
  if (!bytes) return fail(Fault::bad_text);
  auto evidence = read_evidence(*bytes);
  if (!evidence) return fail(evidence.error());
  return judge(std::move(*evidence));
}

bool is_evidence(ByteView file) { return text_of(file).starts_with(format_line); }

std::optional<Evidence> find_fork(const Identity& identity, const Checkpoint& smaller,
                                  const Checkpoint& larger, const Hash& root_at_smaller,
                                  std::span<const Hash> proof) {
  if (smaller.head.size == 0 || larger.head.size == 0) return std::nullopt;
  if (proof.size() > limits::proof_hashes_max) return std::nullopt;
  // Judged as anybody will judge it: what is answered here convinces everywhere.
  const std::uint32_t epoch = identity.valid_at(smaller.head.size).establish.seq;
  Evidence out = evidence_of(EvidenceKind::fork, identity, epoch);
  out.first_note = smaller.note;
  out.second_note = larger.note;
  // One size needs no proof: the larger's own root is what its tree has there.
  const bool is_one_size = smaller.head.size == larger.head.size;
  out.root_at_first = is_one_size ? larger.head.root : root_at_smaller;
  out.proof.assign(proof.begin(), proof.end());
  if (identity.valid_at(larger.head.size).establish.seq != epoch || !judge(out)) {
    return std::nullopt;
  }
  if (!to_file(out)) {
    out.first_note = bare_note(out.first_note, out.organisation);
    out.second_note = bare_note(out.second_note, out.organisation);
  }
  return out;
}

std::optional<Evidence> find_rivals(const Identity& identity, ByteView rival_leaf) {
  const auto seq = identity.check_rival(rival_leaf);
  if (!seq || *seq >= identity.events().size()) return std::nullopt;
  Evidence out = evidence_of(EvidenceKind::rivals, identity, *seq);
  out.rival_leaf = to_bytes(rival_leaf);
  if (!judge(out)) return std::nullopt;
  return out;
}

bool is_late(const Evidence& evidence, const Identity& identity) {
  return evidence.kind == EvidenceKind::rivals &&
         identity.events().size() > std::size_t{evidence.epoch} + 1;
}

bool freezes(const Evidence& evidence, const Identity& identity) {
  const auto& events = identity.events();
  if (events.size() <= std::size_t{evidence.epoch} + 1) return true;
  // Whichever branch the next event is on, one tree alone can have it.
  if (evidence.kind == EvidenceKind::fork) return false;
  const auto id_of = [](ByteView leaf) -> std::optional<Hash> {
    const auto body = establish_body(leaf);
    if (!body) return std::nullopt;
    return event_id(*body);
  };
  const std::array rivals = {id_of(evidence.events.back().leaf), id_of(evidence.rival_leaf)};
  const Hash& followed = events[evidence.epoch].id;
  // A third rival of that seq may be the one that is followed.
  return !std::any_of(events.begin() + evidence.epoch + 1, events.end(),
                      [&](const EstablishEvent& event) {
                        const auto& repudiated = event.establish.repudiated;
                        return repudiated && *repudiated != followed &&
                               std::find(rivals.begin(), rivals.end(), repudiated) != rivals.end();
                      });
}

}  // namespace moot::log
