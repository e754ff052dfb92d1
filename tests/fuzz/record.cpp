// Any bytes as a source of records: reading never crashes, and what it accepts stands on its own:
// each body is a part of the source, and read alone it is one record of the same id and kind, with
// the same bytes.
#include <cstdint>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "record/document.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace moot::record;
  const std::string text(reinterpret_cast<const char*>(data), size);
  for (const char* kind : {"", "service", "unheard_of"}) {
    const ReadOptions options{kind};
    const std::vector<Source> sources = {{"fuzz", text}};
    const ReadResult result = read_records(sources, options);
    MOOT_CHECK(result.problems.size() <= moot::limits::problems_reported_max + 1,
               result.problems.size());
    for (const RecordText& record : result.records) {
      MOOT_CHECK(text.find(record.body) != std::string::npos, record.body);
      const std::vector<Source> alone = {{"alone", record.body}};
      const ReadResult again = read_records(alone, options);
      MOOT_CHECK(again.problems.empty() && again.records.size() == 1, record.body);
      MOOT_CHECK(again.records[0].id == record.id && again.records[0].kind == record.kind,
                 record.body);
      MOOT_CHECK(again.records[0].body == record.body, record.body);
      MOOT_CHECK(check_record(record.kind, record.body, "").empty(), record.body);
    }
  }
  return 0;
}
