#pragma once
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/problem.hpp"
#include "base/result.hpp"
#include "command/recovery_sheet.hpp"
#include "config/config.hpp"
#include "crypto/signing.hpp"
#include "log/organisation_id.hpp"

namespace moot::command {

/// A home that is to be made.
struct HomePlan {
  config::Config config;
  /// Officers' keys that were made elsewhere; none: a key is made here, for the recovery sheet.
  std::vector<crypto::PublicKeyBytes> officer_keys;
  std::uint8_t threshold = 1;
  std::optional<std::filesystem::path> recovery_file;  ///< the sheet's text, a new file
  std::optional<std::filesystem::path> recovery_svg;   ///< the sheet's page, a new file
};

/// A home that was made just now.
struct NewHome {
  log::OrganisationId organisation;
  /// Of the key that was made here and is kept nowhere else; the caller wipes it. nullopt: the
  /// officers have made their keys elsewhere.
  std::optional<RecoverySheet> sheet;
};

using AcceptHome = std::function<Result<Done, Error>(const NewHome&)>;

/// Makes the home of a new organisation: keys, log with its first entry, settings, and who decides.
///
/// A home made in part would be worse than none: keys without a log, or an organisation whose
/// recovery sheet nobody saw. So all of it is made in a folder beside it (or inside, when the home
/// is an empty folder already, as a service's is) and then renamed; after any failure nothing of it
/// is left. Before it takes its place the files of the sheet are written, and `accept` is asked,
/// if there is one: it shows the sheet, and its error ends everything. Errors: "exists" when
/// something is there, "failed", "disk-full", and those of `accept`.
Result<NewHome, Error> make_home(const config::Paths& paths, const HomePlan& plan,
                                 const AcceptHome& accept = {});

/// Nothing is there, or an empty folder: else "exists", with what is there in words.
Result<Done, Error> expect_no_home(const config::Paths& paths);
/// The text of a new HOME/instance: this copy's number, and the machine that it was made on.
std::string instance_text();

/// Takes a home back that make_home() made a moment ago and nobody has used.
void unmake_home(const config::Paths& paths);

}  // namespace moot::command
