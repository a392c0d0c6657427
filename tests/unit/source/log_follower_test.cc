// SPDX-License-Identifier: Apache-2.0
// log_follower_test: paths and patterns, and files that change their names under them.
#include "stickyd/source/log_follower.h"

#include "following.h"

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class LogFollowerTest : public Following {
 protected:
  static constexpr const char* kAll = "/log/access.log*";

  // logrotate with `keep` old files.
  void RotateChain(int keep) {
    files_.Remove(Part(keep));
    for (int i = keep - 1; i >= 0; --i) {
      if (files_.Stat(Part(i))) files_.Rename(Part(i), Part(i + 1));
    }
    files_.Create(kLog);
  }
  static std::string Part(int i) {
    return i == 0 ? kLog : std::string(kLog) + "." + std::to_string(i);
  }
};

TEST_F(LogFollowerTest, PatternPicksUpNewFilesFromTheirBeginning) {
  files_.Append("/log/a.log", "old\n");
  Start({"/log/*.log"});
  files_.Append("/log/b.log", "b\n");
  files_.Append("/log/a.log", "a\n");
  Step();
  ExpectLines({"a", "b"});
}

TEST_F(LogFollowerTest, PatternDoesNotReadARenamedFileAgain) {
  Append("old\n");
  Start({kAll});
  for (int i = 0; i < 5; ++i) {
    Append("line " + std::to_string(i) + "\n");
    RotateChain(3);
    Step();
    Settle();  // also long after the old file was let go
    ExpectLines({"line " + std::to_string(i)});
  }
  EXPECT_EQ(State().stats.rotations, 5U);
  EXPECT_LE(files_.open_files(), 4U);
}

TEST_F(LogFollowerTest, PatternWithOldPartsThereAtTheStartReadsEachLineOnce) {
  files_.Append(Part(2), "2\n");
  files_.Append(Part(1), "1\n");
  Append("0\n");
  Start({kAll}, StartAt::kBeginning);
  ExpectLines({"0", "1", "2"});  // the caller merges by time
  for (int i = 0; i < 3; ++i) {
    Append("new " + std::to_string(i) + "\n");
    RotateChain(4);
    files_.Append(Part(1), "late " + std::to_string(i) + "\n");
    Step();
    ExpectLines({"new " + std::to_string(i), "late " + std::to_string(i)});
    Settle();
    files_.Append(Part(1), "very late\n");
    Step();
    ExpectLines({"very late"});
    Settle();
    ExpectLines({});
  }
}

TEST_F(LogFollowerTest, RotationsFollowingFastUponAnotherDoubleNothing) {
  Append("old\n");
  Start({kAll});
  Lines want;
  for (int i = 0; i < 40; ++i) {
    want.push_back("line " + std::to_string(i));
    Append(want.back() + "\n");
    RotateChain(4);
    Step(std::chrono::milliseconds(700));
  }
  Settle();
  ExpectLines(want);
}

TEST_F(LogFollowerTest, CopytruncateUnderAPatternReadsNoCopy) {
  files_.Append(Part(1), "older\n");
  Append("old\n");
  Start({kAll});
  for (int i = 0; i < 3; ++i) {
    Append("new " + std::to_string(i) + "\n");
    Step();
    files_.Rename(Part(1), Part(2));
    files_.Append(Part(1), "ol");  // the copy grows
    Step();
    files_.Append(Part(1), "d\nnew\n");
    files_.Truncate(kLog);
    Step();
    ExpectLines({"new " + std::to_string(i)});
  }
  Settle();
  ExpectLines({});
  EXPECT_EQ(State().stats.truncations, 3U);
  EXPECT_EQ(State().stats.rotations, 0U);
}

TEST_F(LogFollowerTest, PartThatWasUnreadableAtTheStartIsNoCopy) {
  Append("a\n");
  files_.Append(Part(1), "old\n");
  files_.FailOpen(Part(1), ErrorCode::kPermission);
  Start({kAll});
  files_.FailOpen(Part(1), std::nullopt);
  files_.Append(Part(1), "late\n");
  Step();
  ExpectLines({"late"});
}

TEST_F(LogFollowerTest, DatedFileBehindASymbolicLinkIsReadWhicheverComesFirst) {
  files_.Append("/log/access.log.20260417", "a\n");
  files_.Symlink(kLog, "/log/access.log.20260417");
  Start({kAll}, StartAt::kBeginning);
  files_.Append("/log/access.log.20260418", "b\n");
  Step();
  files_.Symlink(kLog, "/log/access.log.20260418");
  files_.Append("/log/access.log.20260418", "c\n");
  Step();
  Settle();
  ExpectLines({"a", "b", "c"});
}

TEST_F(LogFollowerTest, CompressedPartsAreNotRead) {
  files_.Append("/log/access.log.2.gz", "zip\n");
  Append("a\n");
  Start({kAll}, StartAt::kBeginning);
  ExpectLines({"a"});
  EXPECT_TRUE(State().problems.empty());
}

TEST_F(LogFollowerTest, PatternThatMatchesNothingIsAProblemUntilItDoes) {
  Start({"/log/*.log"});
  EXPECT_FALSE(State().up);
  EXPECT_THAT(State().problems, ElementsAre(testing::HasSubstr("no file matches")));
  Append("a\n");
  Step();
  ExpectLines({"a"});
  EXPECT_TRUE(State().up);
  EXPECT_THAT(State().problems, IsEmpty());
}

TEST_F(LogFollowerTest, MatchedFileThatIsDeletedLeavesNoProblemAndKeepsItsNumbers) {
  files_.Append("/log/a.log", "a\n");
  files_.Append("/log/b.log", "b\n");
  Start({"/log/*.log"}, StartAt::kBeginning);
  files_.Remove("/log/b.log");
  Step();
  EXPECT_THAT(State().problems, IsEmpty());
  Settle();
  EXPECT_EQ(follower_->lanes().size(), 1U);
  EXPECT_EQ(State().stats.read_bytes, 4U);
}

TEST_F(LogFollowerTest, FileThatTwoPatternsMatchIsReadOnce) {
  Append("a\n");
  Start({kLog, kAll, kLog}, StartAt::kBeginning);
  ExpectLines({"a"});
  Rotate();
  Append("b\n");
  Step();
  Settle();
  ExpectLines({"b"});
  EXPECT_EQ(follower_->States().size(), 2U);  // one given twice
  EXPECT_TRUE(State(0).up);
  EXPECT_TRUE(State(1).up);
}

TEST_F(LogFollowerTest, TwoPathsToOneFileReadItOnce) {
  files_.Append("/data/real", "a\n");
  files_.Symlink(kLog, "/data/real");
  Start({kLog, "/data/real"}, StartAt::kBeginning);
  ExpectLines({"a"});
  files_.Append("/data/real", "b\n");
  Step();
  ExpectLines({"b"});
}

TEST_F(LogFollowerTest, FilesBeyondTheBoundAreCountedAndTakenWhenThereIsRoom) {
  for (size_t i = 0; i < LogFollower::kMostLanes + 5; ++i) {
    files_.Append("/log/" + std::to_string(10'000 + i), "x\n");
  }
  Start({"/log/*"}, StartAt::kBeginning);
  for (int i = 0; i < 3; ++i) Step();
  EXPECT_EQ(lines_.size(), LogFollower::kMostLanes);
  EXPECT_EQ(State().files_refused, 5U);  // not three times that
  for (size_t i = 0; i < 5; ++i) files_.Remove("/log/" + std::to_string(10'000 + i));
  Settle();
  EXPECT_EQ(lines_.size(), LogFollower::kMostLanes + 5);
  EXPECT_EQ(State().files_refused, 0U);
}

TEST_F(LogFollowerTest, DirectoriesAreThoseOfThePathsAndOfWhereTheyLead) {
  files_.Append("/data/real", "a\n");
  files_.Symlink(kLog, "/data/real");
  files_.Append("/pods/x/0.log", "a\n");
  Start({kLog, "/pods/*/0.log", "-"});
  EXPECT_THAT(follower_->Directories(), ElementsAre("/data", "/log", "/pods/x"));
}

TEST_F(LogFollowerTest, OtherPatternsKeepFilesThatStillMatchWhereTheyAre) {
  Append("a\n");
  files_.Append("/log/b", "old\n");
  files_.Append("/log/c1", "old\n");
  Start({kLog});
  Append("b\n");
  follower_->SetPatterns({"/log/b", kLog, "/log/c*"});
  Step();
  ExpectLines({"b"});  // files never seen start at their end
  files_.Append("/log/b", "new b\n");
  files_.Append("/log/c1", "new c\n");
  files_.Append("/log/c2", "c2\n");
  Step();
  ExpectLines({"new b", "new c", "c2"});
}

TEST_F(LogFollowerTest, OtherPatternsForTheSameFileGoOnWhereItWasRead) {
  Append("a\n");
  Start({kLog}, StartAt::kBeginning);
  Append("b\npart");
  Read();
  ExpectLines({"a", "b"});
  follower_->SetPatterns({kAll});
  Append("ial\n");
  Step();
  ExpectLines({"partial"});
}

TEST_F(LogFollowerTest, NumbersOfASourceOutliveItsLanes) {
  files_.Append("/log/a.log", "a\n");
  Start({"/log/*.log"}, StartAt::kBeginning);
  files_.Remove("/log/a.log");
  Settle();
  EXPECT_THAT(follower_->lanes(), IsEmpty());
  EXPECT_EQ(State().stats.read_bytes, 2U);
}

}  // namespace
}  // namespace stickyd
