#pragma once
#include <atomic>
#include <string>

#include "base/problem.hpp"
#include "log/log_reader.hpp"
#include "node/follows.hpp"

namespace moot::node {

/// Every body that is held here and contains the text, of all versions, parts and organisations,
/// for requests of those whom data is about: {"text","found":[{"organisation","name","record",
/// "kind","entry","part","excerpt"}],"searched":bodies,"truncated"}. Upper and lower case of
/// Latin, Greek and Cyrillic letters are alike, runs of white space are one space, and escapes of
/// JSON are what they stand for. Reads all bodies, some at a time; ends early ("stopping") when
/// `is_stopping` becomes true. At most `limit` are listed (0, or more than
/// limits::found_texts_max: that many). Any thread; `follows` is a copy.
Result<std::string, Error> find_text(const log::LogReader& reader, const Follows& follows,
                                     const std::string& text, std::uint64_t limit,
                                     const std::atomic<bool>& is_stopping);

/// As texts are compared: in lower case, escapes resolved, white space one space.
std::string folded(std::string_view text);

}  // namespace moot::node
