#pragma once
#include "store/batch.hpp"
#include "store/jobs.hpp"

/// Internal: what each kind of job does. Each is judged before it writes anything, so that a
/// refused one leaves no trace in the transaction that the others share.
namespace moot::store {

JobResult do_job(Batch& batch, const Found& job);
JobResult do_job(Batch& batch, const PutIdentity& job);
JobResult do_job(Batch& batch, const Receive& job);
JobResult do_job(Batch& batch, const PutFollow& job);
JobResult do_job(Batch& batch, const RemoveFollow& job);
JobResult do_job(Batch& batch, const PeerSeen& job);
JobResult do_job(Batch& batch, const Enqueue& job);
JobResult do_job(Batch& batch, const DropQueued& job);
JobResult do_job(Batch& batch, const AppendEstablish& job);
JobResult do_job(Batch& batch, const Rewind& job);
JobResult do_job(Batch& batch, const KeepEvidence& job);
JobResult do_job(Batch& batch, const KeepCosignature& job);
JobResult do_job(Batch& batch, const NoteCosigned& job);
JobResult do_job(Batch& batch, const Erase& job);
JobResult do_job(Batch& batch, const DestroyErased& job);
JobResult do_job(Batch& batch, const Hide& job);
JobResult do_job(Batch& batch, const FillBodies& job);
JobResult do_job(Batch& batch, const PutValue& job);
JobResult do_job(Batch& batch, const Adopt& job);
/// Publish jobs that follow one another share one signature and one checkpoint.
std::vector<JobResult> do_publishes(Batch& batch, std::span<const Publish* const> jobs);

/// How many entries a job appends.
std::uint64_t entries_of(const Job& job);

}  // namespace moot::store
