#include "log/record_fields.hpp"

#include <algorithm>

namespace moot::log {
namespace {

bool is_kind(std::string_view text) {
  return !text.empty() && text.size() <= limits::kind_bytes_max &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
         });
}

bool is_in_range(const RecordFields& fields, std::uint8_t flags, std::uint8_t operation) {
  const bool is_put = operation == static_cast<std::uint8_t>(Operation::put);
  const bool is_withdraw = operation == static_cast<std::uint8_t>(Operation::withdraw);
  return flags <= 1 && (is_put || is_withdraw) && fields.previous <= limits::log_entries_max &&
         is_kind(fields.kind) && is_put == (fields.part_count > 0);
}

/// Parts ascend and are distinct, and there are but two of them.
bool is_next_part(const RecordFields& fields, std::size_t index, std::uint8_t part) {
  if (part != static_cast<std::uint8_t>(Part::public_part) &&
      part != static_cast<std::uint8_t>(Part::personal_part)) {
    return false;
  }
  return index == 0 || static_cast<std::uint8_t>(fields.part_array[index - 1].part) < part;
}

}  // namespace

Result<RecordFields, Fault> read_record_fields(ByteView leaf) {
  if (leaf.size() > limits::leaf_bytes_max) return fail(Fault::too_long);
  if (!is_entry_of(leaf, EntryType::record)) return fail(Fault::bad_value);
  Reader in(leaf.subspan(2));
  RecordFields out;
  const std::uint8_t flags = in.u8();
  const std::uint8_t operation = in.u8();
  out.critical = (flags & 1) != 0;
  out.operation = static_cast<Operation>(operation);
  out.organisation = {in.fixed<32>()};
  out.epoch = in.u32();
  out.time_ms = in.u64();
  out.record = in.fixed<16>();
  out.previous = in.u64();
  out.kind = text_of(in.bytes(in.u8()));
  out.part_count = in.u8();
  if (!in.ok()) return fail(Fault::truncated);
  if (out.part_count > limits::parts_max || !is_in_range(out, flags, operation)) {
    return fail(Fault::bad_value);
  }
  for (std::size_t i = 0; i < out.part_count; ++i) {
    const std::uint8_t part = in.u8();
    out.part_array[i].commitment = in.fixed<32>();
    if (!in.ok()) return fail(Fault::truncated);
    if (!is_next_part(out, i, part)) return fail(Fault::bad_value);
    out.part_array[i].part = static_cast<Part>(part);
  }
  if (!in.finished()) return fail(fault_at_end(in));
  return out;
}

}  // namespace moot::log
