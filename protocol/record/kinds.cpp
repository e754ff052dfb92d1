#include "record/kinds.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "schemas_embedded.hpp"

namespace moot::record {
namespace {

constexpr std::array<std::string_view, 7> kinds = {
    "organization", "service",       "location", "service_at_location",
    "taxonomy",     "taxonomy_term", "successor"};

std::string_view file_text(std::string_view name) {
  const auto files = embedded::schemas();
  const auto found = std::find_if(files.begin(), files.end(),
                                  [name](const auto& file) { return file.name == name; });
  MOOT_CHECK(found != files.end(), name);
  return found->text;
}

/// The other files that the files reached from `name` refer to.
void collect_references(std::string_view name, std::set<std::string>& files) {
  static constexpr std::string_view mark = R"("$ref": ")";
  const std::string_view text = file_text(name);
  for (std::size_t at = text.find(mark); at != std::string_view::npos;
       at = text.find(mark, at + 1)) {
    const std::size_t start = at + mark.size();
    const std::string file(text.substr(start, text.find_first_of("#\"", start) - start));
    if (!file.empty() && files.insert(file).second) collect_references(file, files);
  }
}

void append_indented(std::string& to, std::string_view text) {
  for (const char c : text) {
    to += c;
    if (c == '\n') to += "    ";
  }
}

std::string_view without_last(std::string_view text, std::string_view end) {
  MOOT_CHECK(text.ends_with(end), end);
  return text.substr(0, text.size() - end.size());
}

/// A compound document (JSON Schema 2020-12, section 9.3): what the schema refers to stands in its
/// $defs, each under its own $id, so that the references need no change.
std::string bundled(std::string_view kind) {
  const std::string root = std::string(kind) + ".json";
  std::set<std::string> files = {root};
  collect_references(root, files);
  files.erase(root);
  std::string text(without_last(file_text(root), "\n}\n"));
  text += ",\n  \"$defs\": {";
  bool first = true;
  for (const std::string& file : files) {
    text += first ? "\n    \"" : ",\n    \"";
    text += without_last(file, ".json");
    text += "\": ";
    append_indented(text, without_last(file_text(file), "\n"));
    first = false;
  }
  text += "\n  }\n}\n";
  return text;
}

}  // namespace

std::span<const std::string_view> known_kinds() { return kinds; }

std::optional<std::string_view> schema_text(std::string_view kind) {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all;
    all.reserve(kinds.size());
    for (const std::string_view known : kinds) all.push_back(bundled(known));
    return all;
  }();
  const auto found = std::find(kinds.begin(), kinds.end(), kind);
  if (found == kinds.end()) return std::nullopt;
  return texts[static_cast<std::size_t>(found - kinds.begin())];
}

bool is_kind_name(std::string_view kind) {
  return !kind.empty() && kind.size() <= limits::kind_bytes_max &&
         std::all_of(kind.begin(), kind.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

}  // namespace moot::record
