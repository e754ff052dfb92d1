// Hostile leaves: each is refused, kept as unknown, or is the one encoding of what it says.
#include "log/entry.hpp"

#include "base/check.hpp"
#include "log/identity.hpp"

namespace {

using namespace moot;
using namespace moot::log;

struct Encode {
  Bytes operator()(const RecordLeaf& leaf) const { return encode(leaf); }
  Bytes operator()(const EraseLeaf& leaf) const { return encode(leaf); }
  Bytes operator()(const Establish& leaf) const { return encode(leaf); }
  Bytes operator()(const UnknownLeaf&) const { return {}; }
};

void check_establish(ByteView leaf, const Establish& event) {
  const auto body = establish_body(leaf);
  MOOT_CHECK(body && to_bytes(*body) == encode_body(event));
  // Nobody signs for the fuzzer but the keys of the corpus, whose first event is honest.
  if (const auto identity = Identity::begin(leaf)) {
    MOOT_CHECK(identity->organisation() == organisation_of(*body));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView leaf(data, size);
  const auto entry = decode_entry(leaf);
  const auto* record = entry ? std::get_if<RecordLeaf>(&*entry) : nullptr;
  const auto alone = decode_record(leaf);
  MOOT_CHECK((record != nullptr) == alone.has_value() && (record == nullptr || *record == *alone));
  if (!entry) return 0;
  const bool is_unknown = std::holds_alternative<UnknownLeaf>(*entry);
  MOOT_CHECK(is_unknown || std::visit(Encode(), *entry) == to_bytes(leaf), size);
  if (const auto* event = std::get_if<Establish>(&*entry)) check_establish(leaf, *event);
  return 0;
}
