// Hostile ids, origins and addresses: what is read has one text (in lower case), and reads back to
// the same.
#include "log/organisation_id.hpp"

#include <algorithm>

#include "base/check.hpp"

using namespace moot;
using namespace moot::log;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = text_of({data, size});
  if (const auto id = parse_organisation_id(text)) {
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    MOOT_CHECK(to_text(*id) == lower, lower);
  }
  if (const auto id = organisation_of_origin(text)) MOOT_CHECK(log_origin(*id) == text, text);
  if (const auto address = parse_address(text)) {
    const auto again = parse_address(to_text(*address));
    MOOT_CHECK(again && *again == *address, text);
  }
  return 0;
}
