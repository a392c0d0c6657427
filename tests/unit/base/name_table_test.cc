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

TEST(NameTableTest, FindTakesOnlyNamesThatWereSeen) {
  NameTable<ServiceId> table(2);
  EXPECT_EQ(table.size(), 0U);
  EXPECT_EQ(table.Find("a"), ServiceId{0});
  const ServiceId a = table.Intern("a");
  EXPECT_EQ(table.Find("a"), a);
  EXPECT_EQ(table.Find("b"), ServiceId{0});
  EXPECT_EQ(table.size(), 1U);
  EXPECT_EQ(table.Name(a), "a");
  EXPECT_EQ(table.Name(ServiceId{0}), "");
  EXPECT_EQ(table.Name(ServiceId{2}), "_other");  // nobody has this number
  table.Intern("b");
  EXPECT_EQ(table.Name(ServiceId{2}), "b");
  EXPECT_EQ(table.overflows(), 0U);
}

TEST(NameTableTest, LongestNameHasAnIdOfItsOwn) {
  NameTable<ServiceId> table(2);
  EXPECT_EQ(table.Intern(std::string(kLongestName, 'x')), ServiceId{1});
  EXPECT_EQ(table.Intern(std::string(kLongestName + 1, 'x')), kOverflow);
}

TEST(NameTableTest, RoomForLongNamesIsAsLargeAsItIsSaid) {
  NameTable<ServiceId> table(1000);  // 65536 bytes, and 256 for each
  size_t kept = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string name = std::to_string(i);
    name.resize(kLongestName, 'x');
    if (table.Intern(name) != kOverflow) ++kept;
  }
  EXPECT_EQ(kept, (65536U + 1000 * 256) / kLongestName);
  EXPECT_EQ(table.overflows(), 1000 - kept);
}

TEST(NameTableTest, NoNameEverHasTheNumberOfTheOverflow) {
  NameTable<ServiceId> table(65535);
  for (int i = 0; i < 65534; ++i) {
    ASSERT_NE(table.Intern(std::to_string(i)), kOverflow) << i;
  }
  EXPECT_EQ(table.Intern("one more"), kOverflow);
  EXPECT_EQ(table.size(), 65534U);
}

}  // namespace
}  // namespace stickyd
