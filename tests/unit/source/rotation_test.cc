// SPDX-License-Identifier: Apache-2.0
// rotation_test: every way in which logs are rotated, whatever the old file ends with.
#include "following.h"
#include "stickyd/source/followed_file.h"

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

struct Rotation {
  const char* name;
  void (*turn)(MemoryFileSystem&);  // access.log becomes another file, or an empty one
  bool keeps_unread;                // what was not read before is there to be read
  std::vector<std::string> late;    // what is written to the old file afterwards
};

void PrintTo(const Rotation& rotation, std::ostream* out) { *out << rotation.name; }

const Rotation kRotations[] = {
    {"rename_create",
     [](MemoryFileSystem& files) {
       files.Rename(kLog, kOld);
       files.Create(kLog);
     },
     true,
     {}},
    {"rename_with_late_writes",
     [](MemoryFileSystem& files) {
       files.Rename(kLog, kOld);
       files.Append(kOld, "late 1\n");
       files.Create(kLog);
       files.Append(kOld, "late 2\n");
     },
     true,
     {"late 1", "late 2"}},
    {"copytruncate", [](MemoryFileSystem& files) { files.CopyTruncate(kLog, kOld); }, false, {}},
    {"delete_create",
     [](MemoryFileSystem& files) {
       files.Remove(kLog);
       files.Create(kLog);
     },
     true,
     {}},
    {"truncate_in_place", [](MemoryFileSystem& files) { files.Truncate(kLog); }, false, {}},
    {"symlink_switch",
     [](MemoryFileSystem& files) {
       files.Rename(kLog, "/data/2.log");
       files.Create("/data/3.log");
       files.Remove(kLog);
       files.Symlink(kLog, "/data/3.log");
     },
     true,
     {}},
    {"folder_swapped",
     [](MemoryFileSystem& files) {
       files.Rename(kLog, "/log.old/access.log");
       files.Create(kLog);
     },
     true,
     {}},
};

enum class Before { kEmpty, kRead, kUnread, kUntaken, kPartial };

class RotationTest : public Following,
                     public testing::WithParamInterface<std::tuple<Rotation, Before>> {};

TEST_P(RotationTest, EveryLineComesOnceAndInOrder) {
  const auto& [rotation, before] = GetParam();
  files_.Create(kLog);
  Start();
  Lines want;
  if (before != Before::kEmpty) {
    Append("a 1\na 2\n");
    want = {"a 1", "a 2"};
  }
  if (before == Before::kRead) Step();
  if (before == Before::kPartial) {
    Append("a 3");
    Step();
    ExpectLines(want);
    want.clear();
  }
  if (before == Before::kUntaken) {  // read into the buffer, and the round ended there
    Line line;
    ASSERT_TRUE(follower_->lanes()[0].file->Next(line));
    lines_.emplace_back(line.text);
  }
  rotation.turn(files_);
  const bool late = !rotation.late.empty();
  if (before == Before::kPartial && late) {
    want.push_back("a 3late 1");
    want.push_back("late 2");
  } else if (late) {
    want.insert(want.end(), rotation.late.begin(), rotation.late.end());
  }
  if (before == Before::kUnread && !rotation.keeps_unread) want.clear();
  if (rotation.keeps_unread) Append("b 1\n");
  Step();
  if (!rotation.keeps_unread) Append("b 1\n");
  Append("b 2\n");
  Step();
  want.insert(want.end(), {"b 1", "b 2"});
  ExpectLines(want);
  Settle();
  const bool rest = before == Before::kPartial && rotation.keeps_unread && !late;
  ExpectLines(rest ? Lines{"a 3$"} : Lines{});
  EXPECT_EQ(files_.open_files(), 1U);
  EXPECT_EQ(State().stats.rotations + State().stats.truncations,
            before == Before::kEmpty && !rotation.keeps_unread    ? 0U
            : before == Before::kUnread && !rotation.keeps_unread ? 0U
                                                                  : 1U);
  EXPECT_EQ(State().stats.files_dropped, 0U);
  EXPECT_TRUE(State().up);
  EXPECT_EQ(State().lag_bytes, 0U);
}

std::string NameOf(const testing::TestParamInfo<std::tuple<Rotation, Before>>& info) {
  constexpr const char* kBefore[] = {"empty", "read", "unread", "untaken", "partial"};
  return std::string(std::get<0>(info.param).name) + "_" +
         kBefore[static_cast<size_t>(std::get<1>(info.param))];
}

INSTANTIATE_TEST_SUITE_P(Matrix, RotationTest,
                         testing::Combine(testing::ValuesIn(kRotations),
                                          testing::Values(Before::kEmpty, Before::kRead,
                                                          Before::kUnread, Before::kUntaken,
                                                          Before::kPartial)),
                         NameOf);

// --- More old files than are kept open.

class ManyRotationsTest : public Following {
 protected:
  // One that is still to be read.
  void RotateUnread(int number) {
    Append("line " + std::to_string(number) + "\n");
    Rotate();
    Check();
  }
};

TEST_F(ManyRotationsTest, FilesGivenUpBeforeTheirEndAreCounted) {
  files_.Create(kLog);
  Start();
  for (int i = 0; i < 10; ++i) RotateUnread(i);
  EXPECT_EQ(files_.open_files(), 8U);
  EXPECT_EQ(State().stats.files_dropped, 3U);
  Read();
  ExpectLines({"line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9"});
}

TEST_F(ManyRotationsTest, FileThatWasReadIsLetGoBeforeOneThatWasNot) {
  files_.Create(kLog);
  Start();
  for (int i = 0; i < 5; ++i) RotateUnread(i);
  Read();
  lines_.clear();
  for (int i = 5; i < 12; ++i) RotateUnread(i);
  EXPECT_EQ(State().stats.files_dropped, 0U);
  Read();
  ExpectLines({"line 5", "line 6", "line 7", "line 8", "line 9", "line 10", "line 11"});
}

TEST_F(ManyRotationsTest, LineThatWasGivenStaysReadableAndTheBoundHolds) {
  files_.Create(kLog);
  Start();
  RotateUnread(0);
  Line line;
  ASSERT_TRUE(follower_->lanes()[0].file->Next(line));
  for (int i = 1; i < 30; ++i) RotateUnread(i);
  EXPECT_EQ(line.text, "line 0");
  EXPECT_EQ(files_.open_files(), 8U);
  EXPECT_EQ(State().stats.files_dropped, 30U - 7U);
}

}  // namespace
}  // namespace stickyd
