#pragma once
#include "log/log_reader.hpp"

/// Stretches of a log read whole, whatever pieces its reader answers in.
namespace moot::command {

/// The entry bundle of [first, end); shorter when they cannot be read.
Bytes leaves_between(const log::LogReader& reader, const log::OrganisationId& organisation,
                     log::LeafIndex first, log::LeafIndex end);
/// The body bundle of [first, end), personal parts as they are held; shorter when they cannot be
/// read.
Bytes bodies_between(const log::LogReader& reader, const log::OrganisationId& organisation,
                     log::LeafIndex first, log::LeafIndex end);
/// Is a body of these entries missing?
bool misses_bodies(const log::LogReader& reader, const log::OrganisationId& organisation,
                   log::LeafIndex first, log::LeafIndex end);

}  // namespace moot::command
