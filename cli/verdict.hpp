#pragma once
#include <iosfwd>
#include <map>
#include <string>

#include "audit/verifier.hpp"
#include "command/exit_code.hpp"

/// The words for what an audit found.
namespace moot::command {

ExitCode exit_code_of(audit::Verdict verdict);

/// What organisations are called here, by id.
using Names = std::map<log::OrganisationId, std::string>;

/// The verdict first, then what it rests on for each log.
void print_report(std::ostream& to, const audit::Report& report, const Names& names);
/// For a report without --expect: whose logs these say that they are.
void print_whose(std::ostream& to, const audit::Report& report);

}  // namespace moot::command
