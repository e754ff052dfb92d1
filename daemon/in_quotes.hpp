#pragma once
#include <string>
#include <string_view>

namespace moot::node {

/// A value for a log line `event key=value`: in quotation marks, with what could end the line, move
/// a cursor or pose as another key written as \xNN; cut to 400 bytes, for part of it may come from
/// a peer.
std::string in_quotes(std::string_view text);

}  // namespace moot::node
