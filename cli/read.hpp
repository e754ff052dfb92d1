#pragma once
#include <memory>
#include <optional>
#include <string>

#include "command/session.hpp"
#include "control/control.hpp"
#include "log/organisation_id.hpp"
#include "store/store.hpp"

/// How commands read: through the running node, or from the store of one that does not run.
namespace moot::command {

/// A read with what most of them need; the rest is set on what is answered.
control::QueryRequest question(control::What what, std::string organisation = {},
                               std::string record = {});

/// Asks the running node and answers its JSON; an error when none runs.
Result<control::Answer, Error> ask_node(const Session& session, const control::Request& request,
                                        std::chrono::milliseconds patience);

/// Answers a read of the log through the node when one runs, else from its store.
Result<std::string, Error> read_anywhere(const Session& session,
                                         const control::QueryRequest& query);

/// The settings of a home; "refused" with all problems at once.
Result<config::Config, Error> read_config(const Session& session);

/// Opens the store of a home for reading only, also beside a running node.
Result<std::unique_ptr<store::Store>, Error> open_store(const config::Paths& paths);

/// Whom a word of the command line means: an organisation id, or the name under which it is
/// followed. Empty: the node's own.
Result<log::OrganisationId, Error> find_organisation(const store::Store& store,
                                                     const std::string& word);

}  // namespace moot::command
