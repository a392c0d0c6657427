// SPDX-License-Identifier: Apache-2.0
// version_test: which version of Traefik is at or past another one, and what is no version.
#include "stickyd/base/version.h"

#include <gtest/gtest.h>

namespace stickyd {
namespace {

TEST(VersionTest, NumbersDecideOneByOne) {
  const struct {
    const char* version;
    const char* least;
    bool is;
  } rows[] = {
      {"3.7.9", "3.7.9", true},    {"3.7.9", "3.7.10", false}, {"3.7.10", "3.7.9", true},
      {"3.8.0", "3.7.9", true},    {"3.6.9", "3.7.0", false},  {"2.11.0", "3.0.0", false},
      {"4.0.0", "3.9.9", true},    {"3.7", "3.7.0", true},     {"3.7", "3.7.1", false},
      {"3.7.0-rc.1", "3.7", true}, {"3", "3.0", false},        {"", "3.0", false},
      {"x.y", "3.0", false},       {"3.7.9", "x", false},      {"3.x", "3.0", false},
  };
  for (const auto& row : rows) {
    EXPECT_EQ(IsAtLeast(row.version, row.least), row.is) << row.version << " " << row.least;
  }
}

}  // namespace
}  // namespace stickyd
