#pragma once
#include "log/identity.hpp"
#include "log/note.hpp"
#include "log/tree.hpp"
#include "log/verified.hpp"

/// C2SP tlog-checkpoint: a signed tree head.
namespace moot::log {

struct Checkpoint {
  OrganisationId organisation;
  Head head;
  std::string note;  ///< the signed note as received
};

/// The text that is signed: origin, size, root in base64, each with a line feed.
std::string checkpoint_text(const OrganisationId& organisation, const Head& head);
/// A whole note with the log's signature.
std::string sign_checkpoint(const OrganisationId& organisation, const Head& head,
                            const crypto::SigningKey& log_key);
/// Reads the head without checking a signature: for heads that were checked when they were stored.
/// Decimal size without leading zeros; extension lines are allowed and ignored.
Result<Checkpoint, Fault> read_checkpoint(std::string_view note);
/// The same for bare text of any origin, as tlog-tiles logs of others have (tests, audit of foreign
/// logs).
Result<std::pair<std::string, Head>, Fault> read_head(std::string_view note_text);
/// Reads and checks the log's signature by the key that is valid at its size. Size 0 is refused.
Result<Verified<Checkpoint>, Fault> check_checkpoint(std::string_view note,
                                                     const Identity& identity);
/// A checkpoint of our own that was stored before: trusted again without its signature being
/// checked.
Verified<Checkpoint> checkpoint_from_own_store(Checkpoint checkpoint);

VerifierKey log_verifier_key(const OrganisationId& organisation,
                             const crypto::PublicKeyBytes& log_key);

}  // namespace moot::log
