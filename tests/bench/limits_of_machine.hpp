#pragma once

namespace moot::bench {

/// What this machine can do at best, measured in the same run as what is compared with it.
struct MachineLimits {
  double lmdb_records_per_s =
      0;  ///< batched puts of a leaf and a body, 1,000 records to a synced transaction
  double lmdb_transactions_per_s = 0;  ///< synced transactions of one record
  double sha256_bytes_per_s = 0;       ///< one core, 740-byte messages
  double ed25519_verifies_per_s = 0;
  double loopback_bytes_per_s = 0;
};
MachineLimits measure_limits();

}  // namespace moot::bench
