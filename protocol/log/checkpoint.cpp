#include "log/checkpoint.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "crypto/encoding.hpp"
#include "log/text.hpp"
#include "log/verifier.hpp"

namespace moot::log {
namespace {

Result<Checkpoint, Fault> checkpoint_of(const Note& parsed, std::string_view note) {
  const auto read = read_head(parsed.text);
  if (!read) return fail(read.error());
  const auto& [origin, head] = *read;
  const auto organisation = organisation_of_origin(origin);
  if (!organisation) return fail(organisation.error());
  if (head.size > limits::log_entries_max) return fail(Fault::too_long);
  return Checkpoint{*organisation, head, std::string(note)};
}

}  // namespace

std::string checkpoint_text(const OrganisationId& organisation, const Head& head) {
  return log_origin(organisation) + "\n" + std::to_string(head.size) + "\n" +
         crypto::to_base64(head.root) + "\n";
}

std::string sign_checkpoint(const OrganisationId& organisation, const Head& head,
                            const crypto::SigningKey& log_key) {
  Note note;
  note.text = checkpoint_text(organisation, head);
  note.signatures.push_back(sign_note(note.text, log_origin(organisation), log_key));
  return to_text(note);
}

Result<std::pair<std::string, Head>, Fault> read_head(std::string_view note_text) {
  const auto origin = take_line(note_text);
  const auto size_line = take_line(note_text);
  const auto root_line = take_line(note_text);
  if (!origin || origin->empty() || !size_line || !root_line) return fail(Fault::bad_text);
  const auto size = parse_decimal(*size_line);
  const auto root = crypto::from_base64(*root_line);
  Head head;
  if (!size || !root || root->size() != head.root.size()) return fail(Fault::bad_text);
  while (!note_text.empty()) {
    const auto extension = take_line(note_text);
    if (!extension || extension->empty()) return fail(Fault::bad_text);
  }
  head.size = *size;
  std::copy(root->begin(), root->end(), head.root.begin());
  return std::pair(std::string(*origin), head);
}

Result<Checkpoint, Fault> read_checkpoint(std::string_view note) {
  const auto parsed = parse_note(note);
  if (!parsed) return fail(parsed.error());
  return checkpoint_of(*parsed, note);
}

Result<Verified<Checkpoint>, Fault> check_checkpoint(std::string_view note,
                                                     const Identity& identity) {
  const auto parsed = parse_note(note);
  if (!parsed) return fail(parsed.error());
  auto checkpoint = checkpoint_of(*parsed, note);
  if (!checkpoint) return fail(checkpoint.error());
  if (checkpoint->organisation != identity.organisation()) return fail(Fault::wrong_organisation);
  if (checkpoint->head.size == 0) return fail(Fault::wrong_size);
  const auto& log_key = identity.valid_at(checkpoint->head.size).establish.log_key;
  const auto signed_by = verify_note(*parsed, log_verifier_key(checkpoint->organisation, log_key));
  if (!signed_by) return fail(signed_by.error());
  return Verifier::make(std::move(*checkpoint));
}

Verified<Checkpoint> checkpoint_from_own_store(Checkpoint checkpoint) {
  return Verifier::make(std::move(checkpoint));
}

VerifierKey log_verifier_key(const OrganisationId& organisation,
                             const crypto::PublicKeyBytes& log_key) {
  return {log_origin(organisation), SignatureType::ed25519, log_key};
}

}  // namespace moot::log
