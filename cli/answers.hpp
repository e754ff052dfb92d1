#pragma once
#include <iosfwd>
#include <string_view>

/// What a node answered (docs/cli.md has the keys), put into words for people. A key that is not
/// there is left out, so a node of another version is still understood as far as it goes.
namespace moot::command {

/// As the node sent it, with a line feed at the end.
void print_json(std::ostream& to, std::string_view json);

void print_published(std::ostream& to, std::string_view json_lines, bool is_dry_run);
/// Of `publish --wait`: what became of it after it was taken.
void print_published_wait(std::ostream& to, std::string_view json);
void print_status(std::ostream& to, std::string_view json);
void print_peers(std::ostream& to, std::string_view json);
void print_organisations(std::ostream& to, std::string_view json);
void print_log(std::ostream& to, std::string_view json_lines);
void print_record(std::ostream& to, std::string_view json);
void print_sync(std::ostream& to, std::string_view json);
void print_followed(std::ostream& to, std::string_view json);
void print_unfollowed(std::ostream& to, std::string_view json);
void print_keys(std::ostream& to, std::string_view json);

}  // namespace moot::command
