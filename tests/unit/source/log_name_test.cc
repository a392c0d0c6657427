// SPDX-License-Identifier: Apache-2.0
// log_name_test: names that rotation made.
#include "stickyd/source/log_name.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace stickyd {
namespace {

using testing::ElementsAre;

TEST(LogNameTest, RotationAndCompressionAreNoPartOfTheName) {
  const struct {
    const char* path;
    const char* stem;
    const char* rotation;
  } kRows[] = {
      {"access.log", "access.log", ""},
      {"/var/log/access.log.1", "/var/log/access.log", "1"},
      {"access.log.10.gz", "access.log", "10"},
      {"access.log.gz", "access.log", ""},
      {"access.log.3.zst", "access.log", "3"},
      {"access.log-20260417", "access.log", "20260417"},
      {"access.log-20260417.xz", "access.log", "20260417"},
      {"access.log-2026-04-17", "access.log", "2026-04-17"},
      {"access.log-2026041713", "access.log", "2026041713"},
      {"0.log.20260417-103000.gz", "0.log", "20260417-103000"},
      {"/log-20260417/access.log", "/log-20260417/access.log", ""},
      {"traefik-7d9f8b-x2x4v.log", "traefik-7d9f8b-x2x4v.log", ""},
      {"access.log-----20260417", "access.log----", "20260417"},
      {"access.log-2026-0417-", "access.log", "2026-0417-"},
      {"access.log-2026-0417-x-20260417", "access.log-2026-0417-x", "20260417"},
      {"20260417-20260418", "20260417", "20260418"},
      {"-20260418", "-20260418", ""},
      {"a-2026041", "a-2026041", ""},
      {"a.2026-04-17", "a", "2026-04-17"},
      {"a.2026x0417", "a.2026x0417", ""},
      {"/a/.20260417", "/a/.20260417", ""},
      {"access.log.2.bz2", "access.log", "2"},
      {"access.log.2.lz4", "access.log.2.lz4", ""},
      {"/pods/1.2/.1", "/pods/1.2/.1", ""},
      {"-", "-", ""},
      {"", "", ""},
  };
  for (const auto& row : kRows) {
    SCOPED_TRACE(row.path);
    EXPECT_EQ(ParseLogName(row.path).stem, row.stem);
    EXPECT_EQ(ParseLogName(row.path).rotation, row.rotation);
  }
}

TEST(LogNameTest, RotationsFromTheOldest) {
  std::vector<std::string> rotations = {"", "20260417", "2", "10", "20260416", "1"};
  std::sort(rotations.begin(), rotations.end(), IsOlderRotation);
  EXPECT_THAT(rotations, ElementsAre("20260416", "20260417", "10", "2", "1", ""));
}

}  // namespace
}  // namespace stickyd
