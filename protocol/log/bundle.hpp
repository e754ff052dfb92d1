#pragma once
#include <functional>
#include <string>

#include "log/log_reader.hpp"

/// Bundles: logs, or their ends, in one file, as they would come from a peer (docs/protocol.md,
/// Bundles).
namespace moot::log {

/// "moot/bundle/v1" and a line feed.
inline constexpr std::string_view bundle_first_line = "moot/bundle/v1\n";
/// Does this begin as a bundle does?
bool is_bundle(ByteView start);

enum class BundleTag : std::uint8_t { end = 0, log = 1, block = 2 };

/// What stands before the entries of one log. Big-endian:
/// ```
/// org[32] | u64 first | u16 len | note | u8 n_events{1..64} x {u64 position | u16 len | leaf
/// | u16 len | rival leaf, 0: none} | u8 n x hash[32] | u8 n_evidence{0..64} x {u32 len | file}
/// ```
struct BundleHeader {
  struct Event {
    LeafIndex position = 0;
    Bytes leaf;
    Bytes rival_leaf;  ///< of the event that it repudiates; empty: none
    bool operator==(const Event&) const = default;
  };
  OrganisationId organisation;
  LeafIndex first = 0;         ///< a multiple of 256; not 0: the entries before are left out
  std::string note;            ///< the checkpoint to which the entries lead
  std::vector<Event> events;   ///< the whole chain; positions are claims
  std::vector<Hash> frontier;  ///< of the tree over the entries before `first`
  std::vector<Bytes> evidence;
  bool operator==(const BundleHeader&) const = default;
};
/// Counts and lengths must be in range (MOOT_CHECK).
Bytes encode(const BundleHeader& header);
/// The form only.
Result<BundleHeader, Fault> decode_bundle_header(ByteView bytes);

struct BundleOptions {
  LeafIndex from = 0;          ///< entries from here on; taken down to a block's beginning
  bool with_personal = false;  ///< personal parts too, where they are held
};
struct BundleWritten {
  std::uint64_t logs = 0;
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};
enum class BundleFault {
  nothing_held,  ///< no checkpoint of a log is held whole, or `from` is past it
  unreadable,    ///< what is held contradicts itself
  not_written,   ///< the sink answered false
};
/// Takes the next bytes of the file; false: the disk refused them, nothing more will come.
using ByteSink = std::function<bool(ByteView)>;
/// Writes these logs, distinct and ascending, up to the newest checkpoint that is held whole. Needs
/// memory for one block's bodies. `progress` is given entries.
Result<BundleWritten, BundleFault> write_bundle(
    const LogReader& reader, std::span<const OrganisationId> organisations,
    const BundleOptions& options, const ByteSink& sink,
    const std::function<void(std::uint64_t)>& progress = {});

}  // namespace moot::log
