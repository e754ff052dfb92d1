#pragma once
#include <iosfwd>
#include <string_view>

/// What a node answered about records that are published already, in words for people.
namespace moot::command {

void print_withdrawn(std::ostream& to, std::string_view json_lines);
void print_erased(std::ostream& to, std::string_view json);
void print_erased_list(std::ostream& to, std::string_view json);
void print_hidden(std::ostream& to, std::string_view json);
void print_found_text(std::ostream& to, std::string_view json);
void print_compacted(std::ostream& to, std::string_view json);
void print_confirmed(std::ostream& to, std::string_view json);
void print_cancelled(std::ostream& to, std::string_view json);

}  // namespace moot::command
