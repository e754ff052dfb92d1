#pragma once
#include <CLI/CLI.hpp>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "command/session.hpp"

namespace moot::command {

using Handler = std::function<Ran(Session&)>;

/// The commands and what does them. Each command_<name>.cpp adds its own.
class Registry {
 public:
  Registry(CLI::App& root, Globals& globals) : root_(root), globals_(globals) {}

  /// A command with its paragraph of description and the lines of its example; its options are
  /// added to what is answered.
  CLI::App& add(const std::string& name, const std::string& description, const std::string& example,
                Handler handler);
  /// The same below another, as `keys list` is.
  CLI::App& add_below(CLI::App& parent, const std::string& name, const std::string& description,
                      const std::string& example, Handler handler);
  /// A command that only has others below it.
  CLI::App& add_group(const std::string& name, const std::string& description,
                      const std::string& example);

  /// Does the command that was parsed.
  Ran run_parsed(Session& session) const;

 private:
  CLI::App& add_app(CLI::App& parent, const std::string& name, const std::string& description,
                    const std::string& example);

  struct Registered {
    const CLI::App* app;  // owned by the root that outlives this
    Handler handler;
  };
  CLI::App& root_;
  Globals& globals_;
  std::vector<Registered> commands_;
};

/// `--name` of the options that every command takes are added here to the root.
void add_globals_to(CLI::App& command, Globals& globals);

void add_init(Registry& registry);
void add_run(Registry& registry);
void add_publish(Registry& registry);
void add_withdraw(Registry& registry);
void add_erase(Registry& registry);
void add_retention(Registry& registry);
void add_hide(Registry& registry);
void add_unhide(Registry& registry);
void add_find_text(Registry& registry);
void add_cancel(Registry& registry);
void add_close(Registry& registry);
void add_successor(Registry& registry);
void add_confirm_not_restored(Registry& registry);
void add_compact(Registry& registry);
void add_follow(Registry& registry);
void add_unfollow(Registry& registry);
void add_orgs(Registry& registry);
void add_sync(Registry& registry);
void add_status(Registry& registry);
void add_peers(Registry& registry);
void add_log(Registry& registry);
void add_show(Registry& registry);
void add_audit(Registry& registry);
void add_proof(Registry& registry);
void add_evidence(Registry& registry);
void add_verify(Registry& registry);
void add_bundle(Registry& registry);
void add_backup(Registry& registry);
void add_restore(Registry& registry);
void add_keys(Registry& registry);
void add_officers(Registry& registry);
void add_handover(Registry& registry);
void add_paths(Registry& registry);
void add_schema(Registry& registry);
void add_config(Registry& registry);

}  // namespace moot::command
