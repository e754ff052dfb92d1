// checkpoint, proof and keys: what an auditor asks for.
#include "crypto/encoding.hpp"
#include "log/proof.hpp"
#include "query/json.hpp"
#include "query/query.hpp"

namespace moot::query {
namespace {

/// The public bodies that are held: a proof never carries a personal part.
Result<std::vector<log::ProofParts::Body>, Error> provable_bodies(const log::LogReader& reader,
                                                                  const FoundRecord& found) {
  Result<std::vector<HeldPart>, Error> parts = parts_of(reader, found.organisation, found.version);
  if (!parts) return fail(std::move(parts.error()));
  std::vector<log::ProofParts::Body> bodies;
  for (HeldPart& part : *parts) {
    if (part.part != log::Part::public_part || part.status != log::BodyStatus::held) continue;
    bodies.push_back({part.part, part.salt, std::move(part.body)});
  }
  return bodies;
}

Result<log::TlogProof, Error> make_proof(const log::LogReader& reader, const FoundRecord& found) {
  const auto identity = reader.identity(found.organisation);
  if (!identity) return fail(contradiction("no identity is held of this organisation"));
  const auto tree = reader.tree(found.organisation);
  const log::TreeSize size = found.head.head.size;
  log::ProofParts parts;
  parts.leaf = found.version.leaf;
  Result<std::vector<log::ProofParts::Body>, Error> bodies = provable_bodies(reader, found);
  if (!bodies) return fail(std::move(bodies.error()));
  parts.bodies = std::move(*bodies);
  for (const log::EstablishEvent& event : identity->events()) {
    if (event.position >= size) break;
    parts.events.push_back({event.position, event.leaf,
                            log::inclusion_proof(event.position, size, *tree), event.rival_leaf});
  }
  return log::TlogProof{log::encode(parts), found.version.entry,
                        log::inclusion_proof(found.version.entry, size, *tree), found.head.note};
}

}  // namespace

Result<std::string, Error> checkpoint(const log::LogReader& reader,
                                      const log::OrganisationId& organisation) {
  const Result<log::Checkpoint, Error> head = head_of(reader, organisation);
  if (!head) return fail(head.error());
  return dumped({{"organisation", log::to_text(organisation)},
                 {"size", head->head.size},
                 {"root", crypto::to_base64(head->head.root)},
                 {"note", head->note}});
}

Result<std::string, Error> proof(const log::LogReader& reader,
                                 const log::OrganisationId* organisation,
                                 const std::string& record) {
  Result<FoundRecord, Error> newest = find_record(reader, organisation, record);
  if (!newest) return fail(newest.error());
  const Result<FoundRecord, Error> found = standing(reader, std::move(*newest));
  if (!found) return fail(found.error());
  const Result<log::TlogProof, Error> made = make_proof(reader, *found);
  if (!made) return fail(made.error());
  const std::string text = log::to_text(*made);
  if (const auto judged = log::judge_proof(text); !judged) {
    return fail(contradiction("the proof made of what is held does not hold: " +
                              std::string(log::describe(judged.error()))));
  }
  Json hashes = Json::array();
  for (const Hash& hash : made->hashes) hashes.push_back(crypto::to_base64(hash));
  return dumped({{"organisation", log::to_text(found->organisation)},
                 {"record", record_text(found->version.record.record)},
                 {"entry", found->version.entry},
                 {"size", found->head.head.size},
                 {"root", crypto::to_base64(found->head.head.root)},
                 {"leaf", crypto::to_base64(found->version.leaf)},
                 {"leaf_hash", crypto::to_base64(log::hash_leaf(found->version.leaf))},
                 {"hashes", std::move(hashes)},
                 {"checkpoint", found->head.note},
                 {"proof", text}});
}

Result<std::string, Error> keys(const log::LogReader& reader,
                                const log::OrganisationId& organisation) {
  const auto identity = reader.identity(organisation);
  if (!identity) {
    const Result<log::LogState, Error> state = state_of(reader, organisation);
    return fail(state ? contradiction("no identity is held of this organisation") : state.error());
  }
  Json log_keys = Json::array();
  for (const log::EstablishEvent& event : identity->events()) {
    const auto vkey = log::log_verifier_key(organisation, event.establish.log_key);
    log_keys.push_back({{"seq", event.establish.seq},
                        {"vkey", log::to_text(vkey)},
                        {"from_size", event.position + 1}});
  }
  const log::Establish& newest = identity->newest().establish;
  Json node_keys = Json::array();
  for (const crypto::PublicKeyBytes& key : newest.node_keys) {
    const log::VerifierKey vkey{log::node_name(organisation), log::SignatureType::cosignature_v1,
                                key};
    node_keys.push_back({{"vkey", log::to_text(vkey)}});
  }
  Json reserve = Json::array();
  for (const Hash& digest : newest.next_digests) {
    reserve.push_back({{"digest", crypto::to_hex(digest)}});
  }
  return dumped({{"organisation", log::to_text(organisation)},
                 {"log", std::move(log_keys)},
                 {"node", std::move(node_keys)},
                 {"reserve", std::move(reserve)},
                 {"threshold", newest.threshold_next}});
}

}  // namespace moot::query
