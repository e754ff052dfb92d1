#include "sync/wire.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>

#include <algorithm>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "wire.capnp.h"

namespace moot::sync::wire {
namespace {

using log::Fault;
using log::OrganisationId;

/// Thrown and caught in this file only: lets one reader function per message read straight through.
struct Refuse {
  Fault fault;
};

capnp::Data::Reader data_of(ByteView bytes) { return {bytes.data(), bytes.size()}; }
capnp::Data::Reader data_of(const OrganisationId& id) { return data_of(ByteView(id.bytes)); }
ByteView view_of(capnp::Data::Reader data) { return {data.begin(), data.size()}; }

Hash hash_from(ByteView bytes) {
  Hash hash;
  std::copy(bytes.begin(), bytes.end(), hash.begin());
  return hash;
}

std::optional<Hash> optional_hash_from(capnp::Data::Reader data) {
  if (data.size() == 0) return std::nullopt;
  if (data.size() != sizeof(Hash)) throw Refuse{Fault::bad_value};
  return hash_from(view_of(data));
}

OrganisationId organisation_from(capnp::Data::Reader data) {
  if (data.size() != sizeof(Hash)) throw Refuse{Fault::bad_value};
  return {hash_from(view_of(data))};
}

ByteView bounded(capnp::Data::Reader data, std::size_t bytes_max) {
  if (data.size() > bytes_max) throw Refuse{Fault::too_long};
  return view_of(data);
}

std::string bounded_text(capnp::Text::Reader text, std::size_t bytes_max) {
  if (text.size() > bytes_max) throw Refuse{Fault::too_long};
  return {text.begin(), text.end()};
}

std::vector<Hash> hashes_from(capnp::Data::Reader data, std::size_t count_max) {
  const ByteView bytes = bounded(data, count_max * sizeof(Hash));
  if (bytes.size() % sizeof(Hash) != 0) throw Refuse{Fault::bad_value};
  std::vector<Hash> hashes(bytes.size() / sizeof(Hash));
  if (!bytes.empty()) std::memcpy(hashes.data(), bytes.data(), bytes.size());
  return hashes;
}

Bytes bytes_from(std::span<const Hash> hashes) {
  Bytes bytes(hashes.size() * sizeof(Hash));
  if (!bytes.empty()) std::memcpy(bytes.data(), hashes.data(), bytes.size());
  return bytes;
}

std::vector<OrganisationId> ids_from(capnp::Data::Reader data) {
  const std::vector<Hash> hashes = hashes_from(data, limits::heads_per_message_max);
  std::vector<OrganisationId> ids;
  ids.reserve(hashes.size());
  for (const Hash& hash : hashes) {
    if (!ids.empty() && ids.back().bytes >= hash) throw Refuse{Fault::bad_value};
    ids.push_back({hash});
  }
  return ids;
}

Bytes bytes_from(std::span<const OrganisationId> ids) {
  Bytes bytes;
  bytes.reserve(ids.size() * sizeof(Hash));
  for (const OrganisationId& id : ids) append(bytes, id.bytes);
  return bytes;
}

template <class List>
std::vector<Event> events_from(List list) {
  if (list.size() > limits::establish_events_max) throw Refuse{Fault::too_long};
  std::vector<Event> events;
  for (const auto event : list) {
    events.push_back({event.getPosition(),
                      to_bytes(bounded(event.getLeaf(), limits::establish_bytes_max)),
                      hashes_from(event.getInclusion(), limits::proof_hashes_max),
                      hashes_from(event.getTrusted(), limits::proof_hashes_max),
                      to_bytes(bounded(event.getRival(), limits::establish_bytes_max))});
  }
  return events;
}

template <class List>
void write_events(List list, const std::vector<Event>& events) {
  for (unsigned i = 0; i < list.size(); ++i) {
    list[i].setPosition(events[i].position);
    list[i].setLeaf(data_of(events[i].leaf));
    list[i].setInclusion(data_of(bytes_from(events[i].inclusion)));
    list[i].setTrusted(data_of(bytes_from(events[i].trusted)));
    list[i].setRival(data_of(events[i].rival));
  }
}

template <class R>
Tail tail_from(R reader) {
  // A tail is bounded by its sender to tail_bytes_max; twice that leaves room for the last entry's
  // body.
  return {reader.getTailFirst(), to_bytes(bounded(reader.getTailLeaves(), limits::block_bytes_max)),
          to_bytes(bounded(reader.getTailBodies(), limits::frame_bytes_max))};
}

template <class B>
void write_tail(B builder, const Tail& tail) {
  builder.setTailFirst(tail.first);
  builder.setTailLeaves(data_of(tail.leaves));
  builder.setTailBodies(data_of(tail.bodies));
}

log::TreeSize size_from(std::uint64_t size) {
  if (size > limits::log_entries_max) throw Refuse{Fault::bad_value};
  return size;
}

constexpr std::size_t head_entry_bytes = 32 + 4 + 8 + 32;

std::vector<HeadEntry> head_entries_from(capnp::Data::Reader data) {
  const ByteView bytes = bounded(data, limits::heads_per_message_max * head_entry_bytes);
  if (bytes.size() % head_entry_bytes != 0) throw Refuse{Fault::bad_value};
  std::vector<HeadEntry> entries;
  entries.reserve(bytes.size() / head_entry_bytes);
  Reader in(bytes);
  while (!in.finished()) {
    HeadEntry entry;
    entry.organisation.bytes = in.fixed<32>();
    entry.seq = in.u32();
    entry.head.size = size_from(in.u64());
    entry.head.root = in.fixed<32>();
    if (!entries.empty() && !(entries.back().organisation < entry.organisation)) {
      throw Refuse{Fault::bad_value};
    }
    entries.push_back(entry);
  }
  return entries;
}

Bytes bytes_from(const std::vector<HeadEntry>& entries) {
  Writer out(entries.size() * head_entry_bytes);
  for (const HeadEntry& entry : entries) {
    out.bytes(entry.organisation.bytes).u32(entry.seq);
    out.u64(entry.head.size).bytes(entry.head.root);
  }
  return out.take();
}

// One writer for each message; std::visit chooses it.
struct Write {
  generated::Message::Builder out;

  void operator()(const ChainGet& m) {
    auto b = out.initChainGet();
    b.setOrganisation(data_of(m.organisation));
    b.setFromSeq(m.from_seq);
  }
  void operator()(const Chain& m) {
    auto b = out.initChain();
    b.setOrganisation(data_of(m.organisation));
    b.setFromSeq(m.from_seq);
    write_events(b.initEvents(static_cast<unsigned>(m.events.size())), m.events);
  }
  void operator()(const Interest& m) {
    auto b = out.initInterest();
    b.setIds(data_of(bytes_from(m.ids)));
    b.setFirst(m.first);
    b.setLast(m.last);
  }
  void operator()(const InterestDelta& m) {
    auto b = out.initInterestDelta();
    b.setAdded(data_of(bytes_from(m.added)));
    b.setRemoved(data_of(bytes_from(m.removed)));
  }
  void operator()(const Heads& m) {
    auto b = out.initHeads();
    b.setEntries(data_of(bytes_from(m.entries)));
    b.setLast(m.last);
  }
  void operator()(const HeadGet& m) {
    auto b = out.initHeadGet();
    b.setOrganisation(data_of(m.organisation));
    b.setFromSize(m.from_size);
    b.setHeld(m.held);
    b.setKnownEvents(m.known_events);
    b.setHeadOnly(m.head_only);
    b.setRequest(m.request);
    if (m.newest_event) b.setNewestEvent(data_of(*m.newest_event));
  }
  void operator()(const Head& m) {
    auto b = out.initHead();
    b.setOrganisation(data_of(m.organisation));
    b.setNote(m.note);
    b.setFromSize(m.from_size);
    b.setConsistency(data_of(bytes_from(m.consistency)));
    write_events(b.initEvents(static_cast<unsigned>(m.events.size())), m.events);
    write_tail(b, m.tail);
    b.setRequest(m.request);
    if (m.from_root) b.setFromRoot(data_of(*m.from_root));
  }
  void operator()(const NodesGet& m) {
    auto b = out.initNodesGet();
    b.setOrganisation(data_of(m.organisation));
    b.setSize(m.size);
    b.setFirstBlock(m.first_block);
    b.setCount(m.count);
    b.setRequest(m.request);
  }
  void operator()(const Nodes& m) {
    auto b = out.initNodes();
    b.setOrganisation(data_of(m.organisation));
    b.setSize(m.size);
    b.setFirstBlock(m.first_block);
    b.setHashes(data_of(bytes_from(m.hashes)));
    b.setRequest(m.request);
  }
  void operator()(const HeadersGet& m) {
    auto b = out.initHeadersGet();
    b.setOrganisation(data_of(m.organisation));
    b.setSize(m.size);
    b.setFirst(m.first);
    b.setRequest(m.request);
  }
  void operator()(const Headers& m) {
    auto b = out.initHeaders();
    b.setOrganisation(data_of(m.organisation));
    b.setFirst(m.first);
    b.setLeaves(data_of(m.leaves));
    b.setRequest(m.request);
  }
  void operator()(const BodiesGet& m) {
    auto b = out.initBodiesGet();
    b.setOrganisation(data_of(m.organisation));
    b.setFirst(m.first);
    b.setCount(m.count);
    b.setRequest(m.request);
  }
  void operator()(const Bodies& m) {
    auto b = out.initBodies();
    b.setOrganisation(data_of(m.organisation));
    b.setFirst(m.first);
    b.setNext(m.next);
    b.setBodies(data_of(m.bodies));
    b.setRequest(m.request);
  }
  void operator()(const Announce& m) {
    auto b = out.initAnnounce();
    b.setOrganisation(data_of(m.organisation));
    b.setNote(m.note);
    write_tail(b, m.tail);
    b.setSeq(m.seq);
  }
  void operator()(const Cosignature& m) {
    auto b = out.initCosignature();
    b.setOrganisation(data_of(m.organisation));
    b.setSize(m.size);
    b.setLine(m.line);
  }
  void operator()(const Evidence& m) {
    auto b = out.initEvidence();
    b.setOrganisation(data_of(m.organisation));
    b.setFile(data_of(m.file));
  }
  void operator()(const Refused& m) {
    auto b = out.initRefused();
    b.setOrganisation(data_of(m.organisation));
    b.setReason(static_cast<std::uint16_t>(m.reason));
    b.setRequest(m.request);
  }
  void operator()(const Ping&) { out.setPing(); }
  void operator()(const Close& m) { out.initClose().setReason(m.reason); }
  void operator()(const Skipped&) {
    out.setUnknown();
    out.setOptional(true);
  }
};

// One reader for each message.
Message read(generated::ChainGet::Reader m) {
  return ChainGet{organisation_from(m.getOrganisation()), m.getFromSeq()};
}
Message read(generated::Chain::Reader m) {
  return Chain{organisation_from(m.getOrganisation()), m.getFromSeq(), events_from(m.getEvents())};
}
Message read(generated::Interest::Reader m) {
  return Interest{ids_from(m.getIds()), m.getFirst(), m.getLast()};
}
Message read(generated::InterestDelta::Reader m) {
  return InterestDelta{ids_from(m.getAdded()), ids_from(m.getRemoved())};
}
Message read(generated::Heads::Reader m) {
  return Heads{head_entries_from(m.getEntries()), m.getLast()};
}
Message read(generated::HeadGet::Reader m) {
  return HeadGet{organisation_from(m.getOrganisation()),
                 size_from(m.getFromSize()),
                 size_from(m.getHeld()),
                 m.getKnownEvents(),
                 m.getHeadOnly(),
                 m.getRequest(),
                 optional_hash_from(m.getNewestEvent())};
}
Message read(generated::Head::Reader m) {
  return Head{organisation_from(m.getOrganisation()),
              bounded_text(m.getNote(), limits::note_bytes_max),
              size_from(m.getFromSize()),
              hashes_from(m.getConsistency(), limits::proof_hashes_max),
              events_from(m.getEvents()),
              tail_from(m),
              m.getRequest(),
              optional_hash_from(m.getFromRoot())};
}
Message read(generated::NodesGet::Reader m) {
  if (m.getCount() == 0 || m.getCount() > limits::node_hashes_per_message_max) {
    throw Refuse{Fault::bad_value};
  }
  return NodesGet{organisation_from(m.getOrganisation()), size_from(m.getSize()), m.getFirstBlock(),
                  m.getCount(), m.getRequest()};
}
Message read(generated::Nodes::Reader m) {
  return Nodes{organisation_from(m.getOrganisation()), size_from(m.getSize()), m.getFirstBlock(),
               hashes_from(m.getHashes(), limits::node_hashes_per_message_max), m.getRequest()};
}
Message read(generated::HeadersGet::Reader m) {
  return HeadersGet{organisation_from(m.getOrganisation()), size_from(m.getSize()),
                    size_from(m.getFirst()), m.getRequest()};
}
Message read(generated::Headers::Reader m) {
  return Headers{organisation_from(m.getOrganisation()), size_from(m.getFirst()),
                 to_bytes(bounded(m.getLeaves(), limits::block_bytes_max)), m.getRequest()};
}
Message read(generated::BodiesGet::Reader m) {
  if (m.getCount() == 0 || m.getCount() > limits::block_entries) throw Refuse{Fault::bad_value};
  return BodiesGet{organisation_from(m.getOrganisation()), size_from(m.getFirst()), m.getCount(),
                   m.getRequest()};
}
Message read(generated::Bodies::Reader m) {
  return Bodies{organisation_from(m.getOrganisation()), size_from(m.getFirst()),
                size_from(m.getNext()), to_bytes(bounded(m.getBodies(), limits::frame_bytes_max)),
                m.getRequest()};
}
Message read(generated::Announce::Reader m) {
  return Announce{organisation_from(m.getOrganisation()),
                  bounded_text(m.getNote(), limits::note_bytes_max), tail_from(m), m.getSeq()};
}
Message read(generated::Cosignature::Reader m) {
  return Cosignature{organisation_from(m.getOrganisation()), size_from(m.getSize()),
                     bounded_text(m.getLine(), limits::cosignature_line_bytes_max)};
}
Message read(generated::Evidence::Reader m) {
  return Evidence{organisation_from(m.getOrganisation()),
                  to_bytes(bounded(m.getFile(), limits::evidence_bytes_max))};
}
Message read(generated::Refused::Reader m) {
  const std::uint16_t reason = m.getReason();
  const bool known = reason == static_cast<std::uint16_t>(Refusal::not_held) ||
                     reason == static_cast<std::uint16_t>(Refusal::not_for_you);
  return Refused{organisation_from(m.getOrganisation()),
                 known ? static_cast<Refusal>(reason) : Refusal::other, m.getRequest()};
}

Message read_any(generated::Message::Reader m) {
  switch (m.which()) {
    case generated::Message::CHAIN_GET:
      return read(m.getChainGet());
    case generated::Message::CHAIN:
      return read(m.getChain());
    case generated::Message::INTEREST:
      return read(m.getInterest());
    case generated::Message::INTEREST_DELTA:
      return read(m.getInterestDelta());
    case generated::Message::HEADS:
      return read(m.getHeads());
    case generated::Message::HEAD_GET:
      return read(m.getHeadGet());
    case generated::Message::HEAD:
      return read(m.getHead());
    case generated::Message::NODES_GET:
      return read(m.getNodesGet());
    case generated::Message::NODES:
      return read(m.getNodes());
    case generated::Message::HEADERS_GET:
      return read(m.getHeadersGet());
    case generated::Message::HEADERS:
      return read(m.getHeaders());
    case generated::Message::BODIES_GET:
      return read(m.getBodiesGet());
    case generated::Message::BODIES:
      return read(m.getBodies());
    case generated::Message::ANNOUNCE:
      return read(m.getAnnounce());
    case generated::Message::COSIGNATURE:
      return read(m.getCosignature());
    case generated::Message::EVIDENCE:
      return read(m.getEvidence());
    case generated::Message::REFUSED:
      return read(m.getRefused());
    case generated::Message::PING:
      return Ping{};
    case generated::Message::CLOSE:
      return Close{m.getClose().getReason()};
    case generated::Message::UNKNOWN:
      break;
  }
  // Either `unknown` itself or a union member that this version has no name for.
  if (!m.getOptional()) throw Refuse{Fault::not_supported};
  return Skipped{};
}

/// Room for everything but the large blobs, which Cap'n Proto adds to the first segment when it is
/// big enough.
std::size_t first_segment_words(const Message& message) {
  constexpr std::size_t overhead_bytes = 1024;
  std::size_t bytes = overhead_bytes;
  const auto tail_bytes = [](const Tail& tail) { return tail.leaves.size() + tail.bodies.size(); };
  if (const auto* m = std::get_if<Headers>(&message)) bytes += m->leaves.size();
  if (const auto* m = std::get_if<Bodies>(&message)) bytes += m->bodies.size();
  if (const auto* m = std::get_if<Nodes>(&message)) bytes += m->hashes.size() * sizeof(Hash);
  if (const auto* m = std::get_if<Interest>(&message)) bytes += m->ids.size() * sizeof(Hash);
  if (const auto* m = std::get_if<InterestDelta>(&message)) {
    bytes += (m->added.size() + m->removed.size()) * sizeof(Hash);
  }
  if (const auto* m = std::get_if<Heads>(&message)) bytes += m->entries.size() * head_entry_bytes;
  if (const auto* m = std::get_if<Evidence>(&message)) bytes += m->file.size();
  if (const auto* m = std::get_if<Announce>(&message))
    bytes += m->note.size() + tail_bytes(m->tail);
  if (const auto* m = std::get_if<Chain>(&message)) {
    bytes += m->events.size() * (2 * limits::establish_bytes_max + 64);
  }
  if (const auto* m = std::get_if<Head>(&message)) {
    bytes += m->note.size() + m->consistency.size() * sizeof(Hash) + tail_bytes(m->tail) +
             m->events.size() * (2 * limits::establish_bytes_max + 64 +
                                 2 * limits::proof_hashes_max * sizeof(Hash));
  }
  return bytes / sizeof(capnp::word);
}

}  // namespace

Bytes encode(const Message& message) {
  capnp::MallocMessageBuilder builder(static_cast<unsigned>(first_segment_words(message)));
  std::visit(Write{builder.initRoot<generated::Message>()}, message);
  const auto segments = builder.getSegmentsForOutput();
  MOOT_CHECK(segments.size() == 1, segments.size());
  const auto bytes = segments[0].asBytes();
  return {bytes.begin(), bytes.end()};
}

Result<Message, Fault> decode(ByteView frame) {
  if (frame.size() > limits::frame_bytes_max) return fail(Fault::too_long);
  if (frame.empty() || frame.size() % sizeof(capnp::word) != 0) return fail(Fault::truncated);
  try {
    auto words = kj::heapArray<capnp::word>(frame.size() / sizeof(capnp::word));
    std::memcpy(words.begin(), frame.data(), frame.size());
    const kj::ArrayPtr<const capnp::word> segment = words;
    capnp::ReaderOptions options;
    // No field of ours is read twice, so the size of the frame bounds what may be traversed;
    // structs nest three deep.
    options.traversalLimitInWords = words.size() + 64;
    options.nestingLimit = 8;
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&segment, 1), options);
    return read_any(reader.getRoot<generated::Message>());
  } catch (const Refuse& refuse) {
    return fail(refuse.fault);
  } catch (const kj::Exception&) {
    return fail(Fault::bad_value);
  }
}

}  // namespace moot::sync::wire
