#pragma once
#include <string>
#include <string_view>

/// How values stand in the settings, and in what is said about them.
namespace moot::config {

/// A TOML basic string. What is no UTF-8 could not stand in the file and becomes U+FFFD.
std::string toml_string(std::string_view text);
/// Cut to a line.
std::string shortened(std::string text);

}  // namespace moot::config
