#include <gtest/gtest.h>

#include "crypto/secret.hpp"

namespace {

class Library : public testing::Environment {
  void SetUp() override { ASSERT_TRUE(moot::crypto::start_library()); }
};
const auto* const library = testing::AddGlobalTestEnvironment(new Library);

}  // namespace
