// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/name_table.h"

#include <gtest/gtest.h>

#include <set>

#include "stickyd/model/ids.h"

namespace stickyd {
namespace {

constexpr ServiceId kOverflow{NameTable<ServiceId>::kOverflow};

TEST(NameTableTest, NamesHaveIdsInOrderAndBeyondTheBoundTheyShareOne) {
  NameTable<ServiceId> table(2);
  EXPECT_EQ(table.Intern(""), ServiceId{0});
  EXPECT_EQ(table.Intern("a"), ServiceId{1});
  EXPECT_EQ(table.Intern("b"), ServiceId{2});
  EXPECT_EQ(table.Intern("a"), ServiceId{1});
  EXPECT_EQ(table.Intern("c"), kOverflow);
  EXPECT_EQ(table.Intern("d"), kOverflow);
  EXPECT_EQ(table.overflows(), 2U);
  EXPECT_EQ(table.Name(kOverflow), "_other");
}

TEST(NameTableTest, NamesOfAbsurdLengthDoNotFillTheMemory) {
  NameTable<ServiceId> table(60'000);
  size_t bytes = 0;
  for (int i = 0; i < 60'000; ++i) {
    std::string name(kLongestName, 'x');
    name += std::to_string(i);
    name.erase(0, name.size() - kLongestName);
    if (table.Intern(name) != kOverflow) bytes += name.size();
  }
  EXPECT_LT(bytes, size_t{16} << 20U);
  EXPECT_GT(table.size(), 10'000U);
  EXPECT_EQ(table.Intern(std::string(kLongestName + 1, 'y')), kOverflow);
}

TEST(NameTableTest, NoTwoIdsHaveOneName) {
  NameTable<ServiceId> table(2);
  std::set<ServiceId> ids;
  std::set<std::string> names;
  for (const char* const name : {"_other", "a", "b", "c", "_other"}) ids.insert(table.Intern(name));
  for (const ServiceId id : ids) EXPECT_TRUE(names.insert(table.Name(id)).second) << table.Name(id);
  EXPECT_EQ(ids.size(), 3U);
  EXPECT_EQ(table.overflows(), 1U);
}

}  // namespace
}  // namespace stickyd
