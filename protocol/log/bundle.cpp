#include "log/bundle.hpp"

#include <algorithm>

#include "base/check.hpp"
#include "log/record_fields.hpp"

namespace moot::log {
namespace {

void write_leaf(Writer& out, ByteView leaf) {
  MOOT_CHECK(leaf.size() <= limits::establish_bytes_max, leaf.size());
  out.u16(static_cast<std::uint16_t>(leaf.size())).bytes(leaf);
}

Bytes read_counted(Reader& in, std::size_t bytes_max, bool& is_too_long) {
  const std::size_t bytes = in.u16();
  is_too_long = is_too_long || bytes > bytes_max;
  return to_bytes(in.bytes(bytes));
}

/// Writes a bundle piece by piece.
class BundleWriter {
 public:
  BundleWriter(const LogReader& reader, const BundleOptions& options, const ByteSink& sink,
               const std::function<void(std::uint64_t)>& progress)
      : reader_(reader), options_(options), sink_(sink), progress_(progress) {}

  Result<Done, BundleFault> begin() { return give(to_bytes(view_of(bundle_first_line))); }

  Result<Done, BundleFault> write_log(const OrganisationId& organisation) {
    const auto state = reader_.state(organisation);
    const auto identity = reader_.identity(organisation);
    if (!state || !identity || !state->head) return fail(BundleFault::nothing_held);
    const TreeSize size = state->head->head.size;
    const LeafIndex first = options_.from - options_.from % limits::block_entries;
    if (first >= size) return fail(BundleFault::nothing_held);
    const Bytes header = encode(header_of(organisation, *identity, *state->head, first));
    Writer out;
    out.u8(static_cast<std::uint8_t>(BundleTag::log));
    out.u32(static_cast<std::uint32_t>(header.size())).bytes(header);
    if (const auto given = give(out.take()); !given) return given;
    for (LeafIndex block = first; block < size; block += limits::block_entries) {
      const std::uint64_t count = std::min<std::uint64_t>(limits::block_entries, size - block);
      if (const auto given = write_block(organisation, block, count); !given) return given;
      written_.entries += count;
      if (progress_) progress_(count);
    }
    ++written_.logs;
    return Done();
  }

  Result<BundleWritten, BundleFault> end() {
    const auto given = give({static_cast<std::uint8_t>(BundleTag::end)});
    if (!given) return fail(given.error());
    return written_;
  }

 private:
  BundleHeader header_of(const OrganisationId& organisation, const Identity& identity,
                         const Checkpoint& head, LeafIndex first) const {
    BundleHeader out;
    out.organisation = organisation;
    out.first = first;
    out.note = head.note;
    for (const EstablishEvent& event : identity.events()) {
      if (event.position >= head.head.size) break;  // known before its entry has come
      out.events.push_back({event.position, event.leaf, event.rival_leaf});
    }
    out.frontier = frontier_at(first, *reader_.tree(organisation)).hashes();
    out.evidence = reader_.evidence(organisation);
    const std::size_t count = std::min(out.evidence.size(), limits::evidence_per_log_max);
    out.evidence.resize(count);
    return out;
  }

  Result<Done, BundleFault> write_block(const OrganisationId& organisation, LeafIndex first,
                                        std::uint64_t count) {
    Bytes leaves;
    for (std::uint64_t done = 0; done < count;) {
      const Bytes bundle =
          reader_.leaves(organisation, first + done, count - done, limits::block_bytes_max);
      const auto split = split_leaves(bundle, count - done);
      if (!split || split->empty()) return fail(BundleFault::unreadable);
      append(leaves, bundle);
      done += split->size();
    }
    Bytes bodies;
    for (LeafIndex next = first; next < first + count;) {
      auto part = reader_.bodies(organisation, next, first + count - next, limits::chunk_bytes,
                                 options_.with_personal);
      if (part.next <= next || part.next > first + count) return fail(BundleFault::unreadable);
      append(bodies, part.bundle);
      next = part.next;
    }
    Writer head;
    head.u8(static_cast<std::uint8_t>(BundleTag::block));
    head.u32(static_cast<std::uint32_t>(leaves.size())).bytes(leaves);
    head.u32(static_cast<std::uint32_t>(bodies.size()));
    if (const auto given = give(head.take()); !given) return given;
    return give(bodies);
  }

  Result<Done, BundleFault> give(const Bytes& bytes) {
    if (!sink_(bytes)) return fail(BundleFault::not_written);
    written_.bytes += bytes.size();
    return Done();
  }

  const LogReader& reader_;
  const BundleOptions& options_;
  const ByteSink& sink_;
  const std::function<void(std::uint64_t)>& progress_;
  BundleWritten written_;
};

}  // namespace

bool is_bundle(ByteView start) { return text_of(start).starts_with(bundle_first_line); }

Bytes encode(const BundleHeader& header) {
  MOOT_CHECK(header.note.size() <= limits::note_bytes_max, header.note.size());
  MOOT_CHECK(!header.events.empty() && header.events.size() <= limits::establish_events_max,
             header.events.size());
  MOOT_CHECK(header.frontier.size() <= limits::proof_hashes_max, header.frontier.size());
  MOOT_CHECK(header.evidence.size() <= limits::evidence_per_log_max, header.evidence.size());
  Writer out;
  out.bytes(header.organisation.bytes).u64(header.first);
  out.u16(static_cast<std::uint16_t>(header.note.size())).bytes(view_of(header.note));
  out.u8(static_cast<std::uint8_t>(header.events.size()));
  for (const BundleHeader::Event& event : header.events) {
    out.u64(event.position);
    write_leaf(out, event.leaf);
    write_leaf(out, event.rival_leaf);
  }
  out.u8(static_cast<std::uint8_t>(header.frontier.size()));
  for (const Hash& hash : header.frontier) out.bytes(hash);
  out.u8(static_cast<std::uint8_t>(header.evidence.size()));
  for (const Bytes& file : header.evidence) {
    MOOT_CHECK(file.size() <= limits::evidence_bytes_max, file.size());
    out.u32(static_cast<std::uint32_t>(file.size())).bytes(file);
  }
  return out.take();
}

Result<BundleHeader, Fault> decode_bundle_header(ByteView bytes) {
  Reader in(bytes);
  BundleHeader out;
  bool is_too_long = false;
  out.organisation.bytes = in.fixed<32>();
  out.first = in.u64();
  out.note = text_of(read_counted(in, limits::note_bytes_max, is_too_long));
  const std::size_t event_count = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (event_count == 0 || event_count > limits::establish_events_max) return fail(Fault::bad_value);
  for (std::size_t i = 0; i < event_count && in.ok(); ++i) {
    const LeafIndex position = in.u64();
    Bytes leaf = read_counted(in, limits::establish_bytes_max, is_too_long);
    Bytes rival = read_counted(in, limits::establish_bytes_max, is_too_long);
    out.events.push_back({position, std::move(leaf), std::move(rival)});
  }
  out.frontier.resize(in.u8());
  for (Hash& hash : out.frontier) hash = in.fixed<32>();
  const std::size_t evidence_count = in.u8();
  for (std::size_t i = 0; i < evidence_count && in.ok(); ++i) {
    const std::size_t file_bytes = in.u32();
    is_too_long = is_too_long || file_bytes > limits::evidence_bytes_max;
    out.evidence.push_back(to_bytes(in.bytes(file_bytes)));
  }
  if (!in.finished()) return fail(fault_at_end(in));
  if (is_too_long) return fail(Fault::too_long);
  const bool is_counted = out.frontier.size() <= limits::proof_hashes_max &&
                          out.evidence.size() <= limits::evidence_per_log_max;
  if (!is_counted) return fail(Fault::bad_value);
  return out;
}

Result<BundleWritten, BundleFault> write_bundle(
    const LogReader& reader, std::span<const OrganisationId> organisations,
    const BundleOptions& options, const ByteSink& sink,
    const std::function<void(std::uint64_t)>& progress) {
  MOOT_CHECK(std::is_sorted(organisations.begin(), organisations.end()));
  MOOT_CHECK(organisations.size() <= limits::bundle_logs_max, organisations.size());
  BundleWriter writer(reader, options, sink, progress);
  if (const auto begun = writer.begin(); !begun) return fail(begun.error());
  for (const OrganisationId& organisation : organisations) {
    if (const auto wrote = writer.write_log(organisation); !wrote) return fail(wrote.error());
  }
  return writer.end();
}

}  // namespace moot::log
