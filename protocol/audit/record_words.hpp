#pragma once
#include "log/json_words.hpp"

namespace moot::audit {

// How ids, times and choices are written, as everywhere.
using log::record_text;
using log::time_text;
using log::word_of;

}  // namespace moot::audit
