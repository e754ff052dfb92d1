#pragma once
#include "log/log_reader.hpp"
#include "store/store.hpp"

namespace moot::node {

/// Is all of this queued publish in our own log already? A queue can come back with an older store
/// after it was published: the log then has it from the peers, and what was erased since must not
/// become public again. A version counts when it has the very commitments (their salts are random)
/// or, of a withdrawal, which has none, the same time; not when the officers no longer stand by it,
/// unless it was erased. Any thread.
bool is_in_log(const log::LogReader& reader, const log::OrganisationId& own,
               const store::Store::Queued& queued);

}  // namespace moot::node
