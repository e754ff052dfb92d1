// A bundle answers as the log that it was written from, and whatever else it is refused.
#include "log/bundle_reader.hpp"
#include "log/evidence.hpp"
#include "support.hpp"
#include "support/memory_log.hpp"

namespace moot::log {
namespace {

using moot::test::LogAuthor;
using moot::test::MemoryLog;

class Bundle : public testing::Test {
 protected:
  void fill(LogAuthor& author, std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) {
      author.put(records_++, "{\"number\":" + std::to_string(i) + "}",
                 i % 7 == 0 ? "{\"phone\":\"1\"}" : "");
    }
    author.sign();
  }
  Bytes written(const BundleOptions& options = {}) {
    Bytes out;
    const auto wrote = write_bundle(memory, memory.organisations(), options, [&](ByteView bytes) {
      append(out, bytes);
      return true;
    });
    EXPECT_TRUE(wrote);
    if (wrote) {
      EXPECT_EQ(wrote->bytes, out.size());
    }
    return out;
  }
  static Result<std::unique_ptr<BundleReader>, Fault> opened(Bytes bytes) {
    return BundleReader::open(std::make_shared<MemorySource>(std::move(bytes)));
  }
  std::unique_ptr<BundleReader> reader(const BundleOptions& options = {}) {
    return opened(written(options)).value();
  }
  void expect_same_entries(const BundleReader& bundle, const OrganisationId& organisation,
                           LeafIndex first) {
    const TreeSize size = memory.state(organisation)->held;
    EXPECT_EQ(bundle.leaves(organisation, first, size, SIZE_MAX),
              memory.leaves(organisation, first, size, SIZE_MAX));
    for (LeafIndex next = first; next < size;) {
      const auto part = bundle.bodies(organisation, next, size, 1000, true);
      ASSERT_GT(part.next, next);
      EXPECT_EQ(part.bundle,
                memory.bodies(organisation, next, part.next - next, SIZE_MAX, true).bundle);
      next = part.next;
    }
  }

  MemoryLog memory;
  std::uint64_t records_ = 0;
};

TEST_F(Bundle, AnswersAsTheLogsThatItWasWrittenFrom) {
  LogAuthor one{memory};
  LogAuthor two{memory};
  fill(one, 700);
  one.rotate();
  fill(one, 80);
  one.erase({1, 5});
  one.sign();
  fill(two, 3);
  const auto bundle = reader({.from = 0, .with_personal = true});
  EXPECT_EQ(bundle->organisations(), memory.organisations());
  for (const OrganisationId& organisation : memory.organisations()) {
    EXPECT_TRUE(bundle->check(organisation));
    EXPECT_EQ(bundle->first_entry(organisation), 0U);
    const auto state = bundle->state(organisation);
    ASSERT_TRUE(state && state->head);
    EXPECT_EQ(state->held, memory.state(organisation)->held);
    EXPECT_EQ(state->head->note, memory.state(organisation)->head->note);
    EXPECT_EQ(bundle->identity(organisation)->newest().leaf,
              memory.identity(organisation)->newest().leaf);
    expect_same_entries(*bundle, organisation, 0);
    const auto tree = bundle->tree(organisation);
    const auto of_memory = memory.tree(organisation);
    for (TreeSize size = 0; size <= state->held; size += 37) {
      EXPECT_EQ(root_at(size, *tree), root_at(size, *of_memory));
    }
    EXPECT_EQ(tree->tile(1, 0), of_memory->tile(1, 0));
    EXPECT_EQ(tree->tile(0, 0), of_memory->tile(0, 0));
    EXPECT_TRUE(tree->tile(2, 0).empty());
    EXPECT_EQ(bundle->checkpoints(organisation).size(), 1U);
  }
  const RecordId record = LogAuthor::record_id(3);
  EXPECT_EQ(bundle->newest_version(one.organisation(), record),
            memory.newest_version(one.organisation(), record));
  EXPECT_FALSE(bundle->newest_version(two.organisation(), record));
  EXPECT_FALSE(bundle->state(OrganisationId{}));
}

TEST_F(Bundle, HoldsNoPersonalPartUnlessAsked) {
  LogAuthor author{memory};
  author.put(1, "{}", "{\"phone\":\"01234\"}");
  author.sign();
  const Bytes without = written();
  EXPECT_EQ(text_of(without).find("01234"), std::string_view::npos);
  EXPECT_NE(text_of(written({.from = 0, .with_personal = true})).find("01234"),
            std::string_view::npos);
  const auto bundle = opened(without).value();
  EXPECT_EQ(bundle->bodies(author.organisation(), 1, 1, 1000, true).bundle,
            memory.bodies(author.organisation(), 1, 1, 1000, false).bundle);
}

TEST_F(Bundle, MayHoldTheEndOfALogOnly) {
  LogAuthor author{memory};
  fill(author, 1500);
  author.rotate();
  fill(author, 20);
  const OrganisationId organisation = author.organisation();
  const auto bundle = reader({.from = 1300, .with_personal = true});
  EXPECT_EQ(bundle->first_entry(organisation), 1280U);
  EXPECT_TRUE(bundle->check(organisation));
  EXPECT_TRUE(bundle->leaves(organisation, 1279, 5, SIZE_MAX).empty());
  expect_same_entries(*bundle, organisation, 1280);
  const auto tree = bundle->tree(organisation);
  const auto of_memory = memory.tree(organisation);
  const TreeSize size = memory.state(organisation)->held;
  for (TreeSize from = 1280; from < size; from += 17) {
    EXPECT_EQ(root_at(from, *tree), root_at(from, *of_memory));
    EXPECT_EQ(consistency_proof(from, size, *tree), consistency_proof(from, size, *of_memory));
  }
}

TEST_F(Bundle, HasNothingOfALogThatIsNotHeldWhole) {
  LogAuthor author{memory};
  author.put(1, "{}");
  const auto wrote =
      write_bundle(memory, memory.organisations(), {}, [](ByteView) { return true; });
  ASSERT_FALSE(wrote);
  EXPECT_EQ(wrote.error(), BundleFault::nothing_held);
  author.sign();
  const auto past =
      write_bundle(memory, memory.organisations(), {.from = 300}, [](ByteView) { return true; });
  ASSERT_FALSE(past);
  EXPECT_EQ(past.error(), BundleFault::nothing_held);
}

TEST_F(Bundle, SaysWhenItCannotBeWritten) {
  LogAuthor author{memory};
  fill(author, 600);
  std::uint64_t calls = 0;
  const auto full =
      write_bundle(memory, memory.organisations(), {}, [&](ByteView) { return ++calls < 4; });
  ASSERT_FALSE(full);
  EXPECT_EQ(full.error(), BundleFault::not_written);
  EXPECT_EQ(calls, 4U);
  author.held().unreadable_from = 300;
  const auto unreadable =
      write_bundle(memory, memory.organisations(), {}, [](ByteView) { return true; });
  ASSERT_FALSE(unreadable);
  EXPECT_EQ(unreadable.error(), BundleFault::unreadable);
}

TEST_F(Bundle, CarriesEvidence) {
  LogAuthor author{memory};
  fill(author, 3);
  author.held().evidence = {to_bytes(view_of("moot/evidence/v1\nAAAA\n"))};
  EXPECT_EQ(reader()->evidence(author.organisation()), author.held().evidence);
}

TEST_F(Bundle, ThatIsCutAnywhereIsRefused) {
  LogAuthor author{memory};
  fill(author, 3);
  const Bytes whole = written();
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(opened({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)}))
        << size;
  }
  Bytes longer = whole;
  longer.push_back(0);
  EXPECT_FAULT(opened(longer), Fault::trailing_bytes);
}

TEST_F(Bundle, WithAChangedEntryLeadsToAnotherRoot) {
  LogAuthor author{memory};
  fill(author, 300);
  author.held().leaves[7][60] ^= 1;
  EXPECT_FAULT(reader()->check(author.organisation()), Fault::wrong_root);
}

TEST_F(Bundle, WithAStrangersSignatureIsFalse) {
  LogAuthor author{memory};
  fill(author, 3);
  MemoryLog elsewhere;
  LogAuthor stranger{elsewhere};
  Checkpoint& newest = author.held().checkpoints.back();
  newest.note = sign_checkpoint(author.organisation(), newest.head, stranger.log_key());
  EXPECT_FAULT(reader()->check(author.organisation()), Fault::unknown_key);
}

/// Writes a bundle of one log by hand, so that each number in it can be wrong.
struct HandMade {
  BundleHeader header;
  Bytes leaves;
  Bytes bodies;
  Bytes bytes() const {
    const Bytes encoded = encode(header);
    Writer out;
    out.bytes(view_of(bundle_first_line)).u8(1).u32(static_cast<std::uint32_t>(encoded.size()));
    out.bytes(encoded).u8(2).u32(static_cast<std::uint32_t>(leaves.size())).bytes(leaves);
    out.u32(static_cast<std::uint32_t>(bodies.size())).bytes(bodies).u8(0);
    return out.take();
  }
};

HandMade hand_made(LogAuthor& author, const MemoryLog& memory) {
  HandMade out;
  const OrganisationId organisation = author.organisation();
  out.header.organisation = organisation;
  out.header.note = memory.state(organisation)->head->note;
  out.header.events = {{0, author.held().leaves[0], {}}};
  out.leaves = memory.leaves(organisation, 0, 256, SIZE_MAX);
  out.bodies = memory.bodies(organisation, 0, 256, SIZE_MAX, false).bundle;
  return out;
}

TEST_F(Bundle, HasOneForm) {
  LogAuthor author{memory};
  fill(author, 3);
  EXPECT_EQ(hand_made(author, memory).bytes(), written());
}

TEST_F(Bundle, WithAWrongHeaderIsRefused) {
  LogAuthor author{memory};
  fill(author, 3);
  const HandMade good = hand_made(author, memory);
  HandMade bad = good;
  bad.header.organisation.bytes[0] ^= 1;
  EXPECT_FAULT(opened(bad.bytes()), Fault::wrong_organisation);
  bad = good;
  bad.header.first = 1;
  EXPECT_FAULT(opened(bad.bytes()), Fault::wrong_size);
  bad.header.first = 256;
  bad.header.frontier = {Hash{}};
  EXPECT_FAULT(opened(bad.bytes()), Fault::wrong_size);
  bad = good;
  bad.header.frontier = {Hash{}};
  EXPECT_FAULT(opened(bad.bytes()), Fault::wrong_size);
  bad = good;
  bad.header.events[0].position = 1;
  EXPECT_FAULT(opened(bad.bytes()), Fault::broken_chain);
  bad = good;
  bad.header.events.push_back({3, author.held().leaves[0], {}});
  EXPECT_FALSE(opened(bad.bytes()));
  bad = good;
  bad.header.note = "x\n";
  EXPECT_FAULT(opened(bad.bytes()), Fault::bad_text);
}

TEST_F(Bundle, WithTooManyOrTooFewEntriesIsRefused) {
  LogAuthor author{memory};
  fill(author, 3);
  const HandMade good = hand_made(author, memory);
  HandMade bad = good;
  append_leaf(bad.leaves, author.held().leaves[1]);
  EXPECT_FAULT(opened(bad.bytes()), Fault::trailing_bytes);
  bad = good;
  bad.leaves.clear();
  EXPECT_FAULT(opened(bad.bytes()), Fault::truncated);
}

TEST_F(Bundle, WithBodiesThatDoNotFitAnswersNothingOfThem) {
  LogAuthor author{memory};
  fill(author, 3);
  const HandMade good = hand_made(author, memory);
  HandMade bad = good;
  bad.bodies.push_back(1);
  EXPECT_EQ(opened(bad.bytes()).value()->bodies(author.organisation(), 0, 9, 1000, true).next, 0U);
  bad = good;
  bad.bodies[0] = 9;
  EXPECT_EQ(opened(bad.bytes()).value()->bodies(author.organisation(), 1, 1, 1000, true).next, 1U);
  bad = good;
  bad.bodies.resize(30);
  EXPECT_EQ(opened(bad.bytes()).value()->bodies(author.organisation(), 0, 9, 1000, true).next, 0U);
}

TEST_F(Bundle, WithOneLogTwiceIsRefused) {
  LogAuthor author{memory};
  fill(author, 3);
  Bytes twice = written();
  twice.pop_back();
  const Bytes again = written();
  twice.insert(twice.end(), again.begin() + bundle_first_line.size(), again.end());
  EXPECT_FAULT(opened(twice), Fault::bad_value);
}

TEST_F(Bundle, ThatClaimsMoreThanIsAllowedIsRefusedUnread) {
  Writer claims;
  claims.bytes(view_of(bundle_first_line)).u8(1).u32(0xffffffff);
  EXPECT_FAULT(opened(claims.take()), Fault::too_long);
  EXPECT_FAULT(opened(to_bytes(view_of("moot/bundle/v2\n"))), Fault::bad_text);
  EXPECT_FALSE(is_bundle(view_of("moot/bundle/v1")));
  EXPECT_TRUE(opened(to_bytes(view_of(std::string(bundle_first_line) + '\0'))));
}

}  // namespace
}  // namespace moot::log
