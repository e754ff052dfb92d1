#include "support.hpp"

namespace moot::crypto {
namespace {

class StartedLibrary : public ::testing::Environment {
  void SetUp() override { ASSERT_TRUE(start_library()); }
};

// As each program's main() does it, before anything else.
[[maybe_unused]] const ::testing::Environment* const started =
    ::testing::AddGlobalTestEnvironment(std::make_unique<StartedLibrary>().release());

TEST(Library, MayBeStartedAgain) { EXPECT_TRUE(start_library()); }

}  // namespace
}  // namespace moot::crypto
