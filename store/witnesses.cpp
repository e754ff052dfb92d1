#include <algorithm>
#include <limits>
#include <map>

#include "log/note.hpp"
#include "store/job_work.hpp"
#include "store/state.hpp"

/// Who has cosigned what: the rows of `witnesses` (our own log), and the lines on kept notes.
namespace moot::store {

namespace {

constexpr std::string_view dash = "\u2014 ";
constexpr std::string_view node_prefix = "moot/node/";
/// Kept checkpoints whose notes are read for a log's witnesses, the newest first.
constexpr std::size_t notes_max = 64;

Key witness_key(std::uint32_t number, const log::OrganisationId& witness) {
  return Key().u32(number).bytes(witness.bytes);
}

Bytes encode(const log::WitnessRow& row) {
  moot::Writer out(256);
  out.u64(row.size).u64(row.time_s).u64(row.first_size).u64(row.first_time_s);
  out.u64(row.kept_since_ms);
  return out.bytes(view_of(row.line)).take();
}

std::optional<log::WitnessRow> decode_witness(const Row& stored) {
  log::WitnessRow row;
  Reader key(stored.key.subspan(4));
  row.witness = {.bytes = key.fixed<32>()};
  Reader in(stored.value);
  row.size = in.u64();
  row.time_s = in.u64();
  row.first_size = in.u64();
  row.first_time_s = in.u64();
  // A row of before has no such time: its line follows, which begins with a byte that no time has.
  const bool is_old = Reader(in).u8() == static_cast<std::uint8_t>(dash.front());
  row.kept_since_ms = is_old ? 0 : in.u64();
  row.line = std::string(text_of(in.bytes(in.left())));
  if (!key.finished() || !in.finished()) return std::nullopt;
  return row;
}

std::string line_start(const log::OrganisationId& witness) {
  return std::string(dash) + log::node_name(witness) + " ";
}

bool is_acceptable(const LogRow& row, const KeepCosignature& job) {
  return job.size > 0 && job.size <= row.held &&
         job.line.size() <= limits::cosignature_line_bytes_max &&
         job.line.starts_with(line_start(job.witness)) &&
         job.line.find('\n') == job.line.size() - 1;
}

/// The note with the witness's line, in place of one that it had there before; as it was when there
/// is no room.
std::string with_line(std::string note, const log::OrganisationId& witness, std::string_view line) {
  const std::string before = note;
  const std::size_t old = note.find("\n" + line_start(witness));
  if (old != std::string::npos) note.erase(old + 1, note.find('\n', old + 1) - old);
  std::size_t lines = 0;
  const std::string any = "\n" + std::string(dash) + std::string(node_prefix);
  for (std::size_t at = note.find(any); at != std::string::npos; at = note.find(any, at + 1)) {
    ++lines;
  }
  if (lines >= limits::cosignatures_max) return before;
  note += line;
  return note.size() <= limits::note_bytes_max ? note : before;
}

/// Puts the line on the kept checkpoint of its size, when there is one.
void attach(Batch& batch, StagedLog& log, const KeepCosignature& job) {
  LogRow& row = log.slot.row;
  const Key key = checkpoint_key(row.number, job.size);
  const auto value = batch.transaction.get(Table::checkpoints, key);
  auto kept = value ? decode_checkpoint_row(job.size, *value) : std::nullopt;
  if (!kept) return;
  kept->stored.note = with_line(std::move(kept->stored.note), job.witness, job.line);
  batch.transaction.put(Table::checkpoints, key, encode(*kept));
  if (row.head && row.head->head.size == job.size) {
    row.head->note = kept->stored.note;
    log.is_changed = true;
  }
}

bool is_followed(Transaction& transaction, const log::OrganisationId& organisation) {
  return transaction.get(Table::follows, Key(organisation)).has_value();
}

/// May one more be kept that is not followed?
bool has_room_for_stranger(Transaction& transaction, std::uint32_t number) {
  std::size_t strangers = 0;
  Cursor cursor(transaction, Table::witnesses);
  for (auto row = cursor.seek(Key().u32(number)); row && belongs_to(row->key, number);
       row = cursor.next()) {
    const log::OrganisationId witness{.bytes = Reader(row->key.subspan(4)).fixed<32>()};
    if (!is_followed(transaction, witness)) ++strangers;
    if (strangers == limits::unfollowed_witnesses_max) return false;
  }
  return true;
}

}  // namespace

JobResult do_job(Batch& batch, const KeepCosignature& job) {
  if (!batch.own) return fail(Fault::not_founded);
  const auto found = batch.find(*batch.own);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  if (!is_acceptable(log.slot.row, job)) return fail(Fault::bad_job);

  const Key key = witness_key(log.slot.row.number, job.witness);
  const auto value = batch.transaction.get(Table::witnesses, key);
  auto row = value ? decode_witness({.key = key.view(), .value = *value}) : std::nullopt;
  if (!row) {
    if (!is_followed(batch.transaction, job.witness) &&
        !has_room_for_stranger(batch.transaction, log.slot.row.number)) {
      return fail(Fault::witnesses_full);
    }
    row = log::WitnessRow{.witness = job.witness,
                          .size = 0,
                          .time_s = 0,
                          .line = {},
                          .first_size = job.size,
                          .first_time_s = job.time_s,
                          .kept_since_ms = job.now_ms};
  }
  Outcome outcome;
  const bool is_newer = job.size > row->size || (job.size == row->size && job.time_s > row->time_s);
  if (is_newer) {
    row->size = job.size;
    row->time_s = job.time_s;
    row->line = job.line;
    batch.transaction.put(Table::witnesses, key, encode(*row));
    attach(batch, log, job);
  }
  outcome.state = state_of(*batch.own, log.slot.row);
  return outcome;
}

JobResult do_job(Batch& batch, const NoteCosigned& job) {
  const auto found = batch.find(job.organisation);
  if (!found) return fail(found.error());
  StagedLog& log = **found;
  LogRow& row = log.slot.row;
  if (row.own || job.size == 0 || job.size > row.held) return fail(Fault::bad_job);
  const auto wait = static_cast<std::uint64_t>(limits::cosign_every_ms);
  const bool is_too_soon = row.cosigned_ms != 0 && job.time_ms < row.cosigned_ms + wait;
  if (is_too_soon || job.size < row.cosigned) return fail(Fault::contradiction);
  row.cosigned = job.size;
  row.cosigned_ms = job.time_ms;
  log.is_changed = true;
  return Outcome{};
}

namespace {

/// A witness by a signature of a note; nothing for other signatures.
std::optional<log::WitnessRow> witness_of(const log::NoteSignature& signature, log::TreeSize size) {
  if (!signature.name.starts_with(node_prefix)) return std::nullopt;
  const auto witness =
      log::parse_organisation_id(std::string_view(signature.name).substr(node_prefix.size()));
  if (!witness || log::node_name(*witness) != signature.name) return std::nullopt;
  Reader in(signature.signature);
  const std::uint64_t time_s = in.u64();
  if (!in.ok()) return std::nullopt;
  return log::WitnessRow{.witness = *witness,
                         .size = size,
                         .time_s = time_s,
                         .line = log::signature_line(signature),
                         .first_size = size,
                         .first_time_s = time_s,
                         .kept_since_ms = 0};
}

using Witnesses = std::map<log::OrganisationId, log::WitnessRow>;

/// Those on the newest kept notes, which are read from the newest on.
void read_notes(Transaction& transaction, std::uint32_t number, Witnesses& witnesses) {
  Cursor cursor(transaction, Table::checkpoints);
  auto row = cursor.seek_back(checkpoint_key(number, std::numeric_limits<std::uint64_t>::max()));
  for (std::size_t i = 0; i < notes_max && row && belongs_to(row->key, number);
       ++i, row = cursor.previous()) {
    const log::TreeSize size = Reader(row->key.subspan(4)).u64();
    const auto kept = decode_checkpoint_row(size, row->value);
    if (!kept || !is_cosigned(kept->stored.note)) continue;
    const auto note = log::parse_note(kept->stored.note);
    if (!note) continue;
    for (const log::NoteSignature& signature : note->signatures) {
      const auto witness = witness_of(signature, size);
      if (!witness) continue;
      const auto [known, is_first] = witnesses.emplace(witness->witness, *witness);
      if (is_first) continue;
      known->second.first_size = size;
      known->second.first_time_s = witness->time_s;
    }
  }
}

}  // namespace

std::vector<log::WitnessRow> Store::witnesses(const log::OrganisationId& organisation) const {
  ReadTransaction transaction(*state_->environment);
  const auto log = read_log_row(transaction, organisation);
  if (!log) return {};
  Witnesses witnesses;
  read_notes(transaction, log->number, witnesses);
  Cursor cursor(transaction, Table::witnesses);
  for (auto row = cursor.seek(Key().u32(log->number)); row && belongs_to(row->key, log->number);
       row = cursor.next()) {
    if (auto witness = decode_witness(*row)) witnesses[witness->witness] = std::move(*witness);
  }
  std::vector<log::WitnessRow> rows;
  rows.reserve(witnesses.size());
  for (auto& [witness, row] : witnesses) rows.push_back(std::move(row));
  return rows;
}

}  // namespace moot::store
