#pragma once
#include <cstddef>
#include <cstdint>

/// Every cap that Moot has, with its reason. Nothing outside this file bounds a size by a number of
/// its own.
namespace moot::limits {

inline constexpr std::size_t KiB = 1024;
inline constexpr std::size_t MiB = 1024 * KiB;

// The log (docs/protocol.md, Entries)
inline constexpr std::size_t leaf_bytes_max = 1 * KiB;  ///< record and erase leaves
inline constexpr std::size_t establish_bytes_max =
    4 * KiB;  ///< 16 digests, 16 signatures and a witness policy
inline constexpr std::size_t body_bytes_max = 1 * MiB;  ///< one record's JSON
inline constexpr std::size_t salt_bytes = 16;
inline constexpr std::size_t kind_bytes_max = 32;
inline constexpr std::size_t parts_max = 2;
inline constexpr std::size_t erase_leaves_max = 100;  ///< fits leaf_bytes_max: 54 + 9 * 100
inline constexpr std::size_t node_keys_max = 8;
inline constexpr std::size_t reserve_keys_max = 16;
inline constexpr std::size_t witness_policy_bytes_max = 1 * KiB;
inline constexpr std::size_t establish_events_max =
    64;  ///< an organisation that rotates yearly lasts 64 years
inline constexpr std::uint64_t log_entries_max = std::uint64_t{1}
                                                 << 32;  ///< keeps block numbers in 32 bits

inline constexpr std::size_t block_entries = 256;  ///< a full level-0 tile of tlog-tiles
inline constexpr std::size_t block_bytes_max =
    256 * KiB + 8 * KiB;  ///< 256 leaves of 1 KiB and their lengths

// Notes and proofs
inline constexpr std::size_t note_bytes_max = 16 * KiB;
inline constexpr std::size_t note_signatures_max =
    32;  ///< one of the log, 16 cosignatures, strangers'
inline constexpr std::size_t unfollowed_witnesses_max =
    64;  ///< kept of our own log, of organisations that we do not follow: anybody can be many
inline constexpr std::size_t cosignatures_max = 16;
inline constexpr std::size_t proof_hashes_max = 64;  ///< RFC 9162 paths of a 64-bit tree
inline constexpr std::size_t proof_file_bytes_max =
    4 * MiB;  ///< body (1 MiB) in base64, chain, checkpoint

inline constexpr std::size_t evidence_bytes_max =
    64 * KiB;  ///< two notes, one proof, a chain of ordinary events
inline constexpr std::size_t evidence_per_log_max =
    establish_events_max;  ///< one for each establish event

// Witnesses (docs/protocol.md, Cosignatures)
inline constexpr std::int64_t cosign_every_ms = 30'000;  ///< of one log by one node
inline constexpr std::int64_t cosign_again_ms =
    cosign_every_ms + 1'000;  ///< the store refuses what is sooner by its own clock, which differs
inline constexpr std::size_t cosignature_line_bytes_max = 512;

inline constexpr std::size_t policy_bytes_max =
    64 * KiB;  ///< a file of C2SP tlog-policy: hundreds of witnesses

// Erasure (docs/protocol.md, Erasing)
inline constexpr std::int64_t personal_hold_ms = 24 * 3'600'000LL;
inline constexpr std::int64_t public_hold_ms = 72 * 3'600'000LL;
inline constexpr std::uint64_t mass_erase_leaves =
    100;  ///< in a day: more, and more than 1 %, wait for an establish
inline constexpr std::int64_t mass_erase_window_ms = 24 * 3'600'000LL;

inline constexpr unsigned retention_months_max = 1'200;  ///< a century; what is longer is for ever

// Never fork oneself
inline constexpr std::int64_t peer_recent_ms =
    30 * 24 * 3'600'000LL;  ///< peers seen within it are asked for our head
inline constexpr std::size_t queued_publishes_max = 10'000;
inline constexpr std::uint64_t queued_bytes_max = 256 * MiB;

// Bundles (docs/protocol.md, Bundles)
inline constexpr std::size_t bundle_logs_max = 16384;  ///< as many as one node can follow
/// Of the part before a log's entries: note, chain (an event and its rival each) and evidence.
inline constexpr std::size_t bundle_header_bytes_max =
    note_bytes_max + establish_events_max * (2 * establish_bytes_max + evidence_bytes_max + 16) +
    4 * KiB;
/// 256 leaves, though each were an establish event.
inline constexpr std::size_t bundle_leaves_bytes_max = block_entries * (establish_bytes_max + 2);
/// The bodies of 256 entries of two parts.
inline constexpr std::size_t bundle_bodies_bytes_max =
    block_entries * parts_max * (body_bytes_max + salt_bytes + 5);

// The wire (docs/protocol.md, Transport)
inline constexpr std::size_t noise_message_bytes_max = 65535;
inline constexpr std::size_t frame_bytes_max =
    1 * MiB + 64 * KiB;  ///< one body of 1 MiB with its message around it
inline constexpr std::size_t handshake_bytes_max =
    4 * KiB;  ///< held for one connection before it is authenticated
inline constexpr std::int64_t handshake_ms_max = 10'000;
inline constexpr std::uint64_t rekey_messages = 65536;
inline constexpr std::size_t heads_per_message_max = 4096;
inline constexpr std::size_t interest_ids_max = 16384;  ///< of one peer, in all its messages
inline constexpr std::size_t node_hashes_per_message_max = 16384;  ///< 512 KiB
inline constexpr std::size_t blocks_per_fetch_max =
    std::size_t{1} << 20;                              ///< 268 million entries, 32 MiB of hashes
inline constexpr std::size_t chunk_bytes = 256 * KiB;  ///< bodies per answer, before its last body
inline constexpr std::size_t tail_bytes_max =
    32 * KiB;  ///< entries and bodies that ride in an announcement
inline constexpr std::int64_t keep_alive_ms = 30'000;
inline constexpr std::int64_t dead_ms = 90'000;
inline constexpr std::int64_t request_ms_max =
    30'000;  ///< no byte of an answer in this time: the peer stalls
inline constexpr int branch_restarts_max =
    4;  ///< a peer whose log moves on while two branches are compared
inline constexpr std::int64_t blame_ms =
    60'000;  ///< a peer that lied is not asked for that log so long
inline constexpr std::int64_t redial_ms_min = 500;
inline constexpr std::int64_t redial_ms_max = 300'000;

// What one node holds for others at once
inline constexpr std::size_t half_open_max = 64;
inline constexpr std::size_t half_open_per_address_max = 8;
inline constexpr std::size_t sessions_max = 1024;
inline constexpr std::size_t stranger_sessions_max = 64;
inline constexpr std::size_t send_queue_bytes_max =
    4 * MiB;  ///< per peer; reading stops while it is exceeded
inline constexpr std::size_t fetch_window_bytes =
    2 * MiB;  ///< asked for and not yet arrived, per peer
inline constexpr std::size_t fetches_per_peer_max = 64;  ///< logs fetched from one peer at once
inline constexpr std::size_t block_bytes_guess =
    256 * KiB;  ///< a block with its bodies, before any was seen
inline constexpr std::size_t store_batch_entries =
    2048;  ///< verified entries given to the writer together
inline constexpr std::size_t store_batch_bytes = 2 * MiB;
inline constexpr std::int64_t store_retry_ms = 10'000;  ///< after the disk refused
inline constexpr std::size_t store_window_bytes =
    8 * MiB;  ///< given to the writer and not yet durable, per node

// The control socket and what comes from files
inline constexpr std::size_t control_frame_bytes_max = 80 * MiB;
inline constexpr std::size_t publish_bytes_max = 64 * MiB;
inline constexpr std::size_t publish_records_max = 100'000;
inline constexpr std::size_t json_depth_max = 64;
inline constexpr std::size_t problems_reported_max = 1000;
inline constexpr std::size_t file_key_bytes_max = 4 * KiB;
// What opening a file of a reserve key may cost: several times what Moot itself asks for
// (Argon2id, 3 rounds in 256 MiB), and nothing that a machine would not come back from.
inline constexpr std::uint64_t passphrase_rounds_max = 16;
inline constexpr std::size_t passphrase_memory_bytes_max = 1024 * MiB;
inline constexpr std::size_t passphrase_bytes_max = 1 * KiB;
inline constexpr std::size_t establish_request_bytes_max =
    48 * KiB;  ///< three leaves of 4 KiB in base64, 16 signatures, 32 names
inline constexpr std::size_t officer_name_bytes_max = 128;
inline constexpr std::size_t establish_note_bytes_max = 512;  ///< what a request says to people
inline constexpr std::size_t officers_file_bytes_max = 256 * KiB;  ///< HOME/officers.json
inline constexpr std::size_t officers_kept_max =
    128;  ///< those of now, the next, and their predecessors' public halves
inline constexpr std::size_t signed_list_bytes_max =
    64 * KiB;  ///< what an officer's key has signed: 64 events of 140 characters, several times

// The daemon's own I/O
inline constexpr std::size_t read_buffer_bytes =
    128 * KiB;  ///< one for all peers: bytes are used up as they are read
inline constexpr int reads_in_turn_max = 8;  ///< then other sockets have their turn
inline constexpr std::size_t write_gather_bytes =
    256 * KiB;  ///< one write; small enough that progress is seen
inline constexpr std::int64_t close_ms_max =
    1'000;  ///< for what was sent before a close, and for a clean stop
inline constexpr std::size_t closing_max =
    256;  ///< connections that are being closed with patience
inline constexpr std::int64_t dial_ms_max = 10'000;
inline constexpr std::size_t dials_at_once_max = 16;
inline constexpr std::int64_t steady_ms_min =
    5'000;  ///< a session that lasted so long ends the back-off
inline constexpr std::int64_t accept_pause_ms = 100;  ///< after the system had no descriptor for us
inline constexpr std::size_t follows_max = interest_ids_max;  ///< what one peer can be told of
inline constexpr std::size_t follow_name_bytes_max = 64;      ///< a column of `moot orgs`
inline constexpr std::int64_t seen_again_ms =
    3'600'000;  ///< a peer's last time seen is written again
inline constexpr std::size_t control_clients_max = 256;
inline constexpr std::size_t control_buffer_bytes =
    16 * KiB;  ///< per client; what fits costs no other memory
inline constexpr std::size_t control_in_flight_bytes =
    96 * MiB;  ///< of larger requests, in all; one of any size fits
inline constexpr std::size_t control_pipelined_max =
    64;  ///< requests of one client that are not answered
inline constexpr std::int64_t control_read_ms_max =
    30'000;  ///< for the rest of a request, from its last bytes
inline constexpr std::int64_t sync_look_ms = 50;  ///< only while somebody waits for `sync`
inline constexpr std::int64_t sync_ask_again_ms = 1'000;
inline constexpr std::int64_t sync_wait_ms_default = 60'000;
inline constexpr std::size_t apply_files_max =
    reserve_keys_max + 1;  ///< one signed copy from each officer, and a repudiated rival's
inline constexpr std::int64_t scrub_every_ms =
    7 * 24 * 3'600'000LL;  ///< freed pages are cleared by then, after something was destroyed
inline constexpr std::int64_t scrub_retry_ms =
    3'600'000;  ///< it failed, most likely for want of room
inline constexpr std::size_t own_head_peers_max =
    16;  ///< asked for our head before the first signature: the longest known
inline constexpr std::int64_t outside_witness_ms_max =
    30'000;  ///< for one request to a witness outside, from connecting to its last byte
inline constexpr int outside_witness_tries_max =
    3;  ///< it may name another size than we knew, twice
inline constexpr std::size_t outside_witnesses_max = 64;  ///< of a policy; asked one after another
inline constexpr std::int64_t clock_look_ms = 30'000;
inline constexpr std::int64_t clock_jump_ms =
    60'000;  ///< of the wall clock against the uptime: more than a clock service corrects by itself
inline constexpr std::int64_t retention_look_ms =
    3'600'000;  ///< time passes without an entry: months end at any hour
inline constexpr std::int64_t retention_look_soon_ms =
    1'000;  ///< after an entry; what was published meanwhile is looked at together
inline constexpr std::size_t found_texts_max = 1'000;  ///< that one search lists
inline constexpr std::size_t excerpt_bytes = 80;       ///< around a text that was found
inline constexpr std::size_t search_text_bytes_max = 200;
inline constexpr std::size_t search_read_bytes =
    4 * MiB;  ///< bodies read at a time while a text is looked for
inline constexpr std::size_t erased_listed_max = 10'000;  ///< of one answer
inline constexpr std::uint64_t versions_of_record_max =
    65'536;  ///< walked back for one erasure; a daily version for 179 years

}  // namespace moot::limits
