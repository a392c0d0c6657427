// SPDX-License-Identifier: Apache-2.0
// followed_file_test: one path, and all that can happen to it.
#include "stickyd/source/followed_file.h"

#include "following.h"

namespace stickyd {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;
using FollowedFileTest = Following;

// --- Where to start.

TEST_F(FollowedFileTest, FileThatIsThereStartsAtItsEnd) {
  Append("old\n");
  Start();
  Append("new\n");
  Step();
  ExpectLines({"new"});
}

TEST_F(FollowedFileTest, FileThatEndsInsideALineStartsAfterThatLine) {
  Append("old\nol");
  Start();
  Append("d too\nnew\n");
  Step();
  ExpectLines({"new"});
}

TEST_F(FollowedFileTest, FromTheBeginningEverythingIsRead) {
  Append("old\n");
  Start({kLog}, StartAt::kBeginning);
  Append("new\n");
  Step();
  EXPECT_THAT(numbers_, ElementsAre(1, 2));
  ExpectLines({"old", "new"});
}

TEST_F(FollowedFileTest, FileThatAppearsLaterIsReadFromItsBeginning) {
  Start();
  EXPECT_FALSE(State().up);
  EXPECT_THAT(State().problems, testing::SizeIs(1));
  Append("first\n");
  Step();
  ExpectLines({"first"});
  EXPECT_TRUE(State().up);
  EXPECT_THAT(State().problems, testing::IsEmpty());
}

TEST_F(FollowedFileTest, FileUnreadableAtTheStartIsReadFromWhereItEndedThen) {
  Append("old\n");
  files_.FailOpen(kLog, ErrorCode::kPermission);
  Start();
  EXPECT_FALSE(State().up);
  Append("meanwhile\n");
  Step();
  ExpectLines({});
  files_.FailOpen(kLog, std::nullopt);
  Step();
  ExpectLines({"meanwhile"});
}

TEST_F(FollowedFileTest, FileUnreadableAtTheStartAndTruncatedMeanwhileIsReadWhole) {
  Append("old and long\n");
  files_.FailOpen(kLog, ErrorCode::kPermission);
  Start();
  files_.Truncate(kLog);
  Append("new\n");
  files_.FailOpen(kLog, std::nullopt);
  Step();
  ExpectLines({"new"});
}

TEST_F(FollowedFileTest, FileBehindAClosedFolderStartsAtItsEndOnceSeen) {
  Append("old\n");
  files_.FailStat(kLog, ErrorCode::kPermission);
  Start();
  files_.FailStat(kLog, std::nullopt);
  Step();
  Append("new\n");
  Step();
  ExpectLines({"new"});
}

TEST_F(FollowedFileTest, NewFileThatIsUnreadableAtFirstLosesNothing) {
  Append("old\n");
  Start();
  Rotate();
  files_.FailOpen(kLog, ErrorCode::kPermission);
  Append("new 1\n");
  Step();
  EXPECT_FALSE(State().up);
  Append("new 2\n");
  files_.FailOpen(kLog, std::nullopt);
  Step();
  ExpectLines({"new 1", "new 2"});
  EXPECT_EQ(State().stats.rotations, 1U);
}

TEST_F(FollowedFileTest, InodeUsedAgainIsANewFile) {
  Append("old, and rather long\n");
  Start();
  files_.FreeInode(kLog);
  files_.Remove(kLog);
  Settle();
  Append("new, and longer than the old file was\n");
  Step();
  ExpectLines({"new, and longer than the old file was"});
}

// --- Rotations with a twist.

TEST_F(FollowedFileTest, RenamedFileWithoutASuccessorIsReadOn) {
  Append("a\n");
  Start();
  files_.Rename(kLog, kOld);
  Step();
  files_.Append(kOld, "b\n");
  Step();
  ExpectLines({"b"});
  EXPECT_TRUE(State().up);
  Append("c\n");  // SIGUSR1, late
  files_.Append(kOld, "last of old\n");
  Step();
  ExpectLines({"last of old", "c"});
}

TEST_F(FollowedFileTest, FileThatIsRenamedAwayIsUpAsLongAsItIsWrittenTo) {
  Append("a\n");
  Start({kLog});
  files_.Rename(kLog, kOld);
  for (int i = 0; i < 10; ++i) {
    files_.Append(kOld, "b\n");
    Step(seconds(2));
    EXPECT_TRUE(State().up);
  }
  for (int i = 0; i < 4; ++i) Step(seconds(2));
  EXPECT_FALSE(State().up);
  files_.Create(kLog);
  Step(seconds(2));
  EXPECT_TRUE(State().up);
}

TEST_F(FollowedFileTest, RenamedFileThatIsWrittenToBeforeItIsLetGoIsReadOn) {
  files_.Create(kLog);
  Start();
  Rotate();
  Step();
  Step(seconds(6));  // quiet for long enough
  files_.Append(kOld, "late\n");
  Step();
  ExpectLines({"late"});
  EXPECT_EQ(State().stats.files_dropped, 0U);
}

TEST_F(FollowedFileTest, RotationUndoneDoublesNothing) {
  Append("a\n");
  Start({kLog}, StartAt::kBeginning);
  Rotate();
  Append("b\n");
  Step();
  files_.Rename(kOld, kLog);
  Append("c\n");
  Step();
  ExpectLines({"a", "b", "c"});
}

TEST_F(FollowedFileTest, SymbolicLinkThatGoesBackAndForthDoublesNothing) {
  files_.Append("/data/a", "a 1\n");
  files_.Append("/data/b", "b 1\n");
  files_.Symlink(kLog, "/data/a");
  Start({kLog}, StartAt::kBeginning);
  files_.Symlink(kLog, "/data/b");
  Step();
  files_.Symlink(kLog, "/data/a");
  files_.Append("/data/a", "a 2\n");
  Step();
  ExpectLines({"a 1", "b 1", "a 2"});
}

TEST_F(FollowedFileTest, FolderThatVanishesAndReturnsDoublesNothing) {
  Append("a\n");
  Start();
  files_.Hide("/log");
  Step();
  EXPECT_THAT(State().problems, testing::SizeIs(1));
  Settle();
  files_.Show("/log");
  Append("b\n");
  Step();
  ExpectLines({"b"});
  EXPECT_THAT(State().problems, testing::IsEmpty());
}

TEST_F(FollowedFileTest, RotationsFasterThanTheLingerAreBoundedAndAllRead) {
  files_.Create(kLog);
  Start();
  Lines want;
  for (int i = 0; i < 40; ++i) {
    want.push_back("line " + std::to_string(i));
    Append(want.back() + "\n");
    Rotate();
    Step(std::chrono::milliseconds(100));
  }
  ExpectLines(want);
  EXPECT_LE(files_.open_files(), 8U);
  EXPECT_EQ(State().stats.files_dropped, 0U);
}

TEST_F(FollowedFileTest, OldFileThatWaitsForItsTurnIsNotGivenUp) {
  files_.Create(kLog);
  Start();
  Append("a 1\na 2\n");
  Rotate();
  for (int i = 0; i < 30; ++i) Check(seconds(1));  // another source's lines come first
  Read();
  ExpectLines({"a 1", "a 2"});
}

TEST_F(FollowedFileTest, LineThatWasGivenStaysReadableOverChecks) {
  files_.Create(kLog);
  Start();
  Append("kept\n");
  Rotate();
  Line line;
  ASSERT_TRUE(follower_->lanes()[0].file->Next(line));
  for (int i = 0; i < 30; ++i) Check(seconds(1));
  EXPECT_EQ(line.text, "kept");
  EXPECT_EQ(files_.open_files(), 2U);
  Settle();
  EXPECT_EQ(files_.open_files(), 1U);
}

TEST_F(FollowedFileTest, PathThatIsMissingForFiveSecondsIsDown) {
  Append("a\n");
  Start();
  Step();
  files_.Remove(kLog);
  Step(seconds(10));
  EXPECT_TRUE(State().up) << "it may be between two steps of a rotation";
  Step(std::chrono::milliseconds(4999));
  EXPECT_TRUE(State().up);
  Step(std::chrono::milliseconds(1));
  EXPECT_FALSE(State().up);
}

TEST_F(FollowedFileTest, DeletedFileIsLetGoAfterAMinuteOfSilence) {
  Append("a\n");
  Start();
  files_.Remove(kLog);
  Step(seconds(50));
  EXPECT_EQ(files_.open_files(), 1U);
  Settle();
  EXPECT_EQ(files_.open_files(), 0U);
  EXPECT_FALSE(State().up);
}

// --- Reads that fail or give little.

TEST_F(FollowedFileTest, ReadErrorIsAStateAndHeals) {
  Append("a\n");
  Start({kLog}, StartAt::kBeginning);
  files_.FailRead(kLog, ErrorCode::kIo);
  Append("b\n");
  for (int i = 0; i < 3; ++i) Step();
  EXPECT_FALSE(State().up);
  EXPECT_THAT(State().problems, testing::SizeIs(1));
  EXPECT_EQ(State().stats.read_errors, 1U);
  EXPECT_EQ(State().lag_bytes, 2U);
  files_.FailRead(kLog, std::nullopt);
  Step();
  EXPECT_TRUE(State().up);
  EXPECT_THAT(State().problems, testing::IsEmpty());
  ExpectLines({"a", "b"});
}

TEST_F(FollowedFileTest, RenamedFileThatCannotBeReadIsGivenUpAndCounted) {
  files_.Create(kLog);
  Start();
  Append("never read\n");
  files_.FailRead(kLog, ErrorCode::kIo);
  Rotate();
  Append("b\n");
  Settle();
  ExpectLines({"b"});
  EXPECT_EQ(State().stats.files_dropped, 1U);
  EXPECT_THAT(State().problems, testing::IsEmpty());
}

TEST_F(FollowedFileTest, ShortReadsYieldTheSameLines) {
  for (size_t most = 1; most <= 12; ++most) {
    SCOPED_TRACE(most);
    MemoryFileSystem files;
    FileLedger ledger;
    files.set_most_per_read(most);
    files.Append(kLog, "one\n\ntwo\r\n");
    FollowedFile file(files, ledger, kLog, 100, StartAt::kBeginning);
    file.Check(now_, Strangers::kRead);
    Lines got;
    for (Line line; file.Next(line);) got.emplace_back(line.text);
    EXPECT_EQ(got, (Lines{"one", "", "two\r"}));
  }
}

TEST_F(FollowedFileTest, FolderInPlaceOfTheFileIsAProblemUntilAFileComes) {
  files_.Create("/log/access.log/inside");
  Start();
  EXPECT_THAT(State().problems, ElementsAre(testing::HasSubstr("is a directory")));
  files_.Remove("/log/access.log/inside");
  Append("a\n");
  Step();
  ExpectLines({"a"});
}

// --- What a line may be.

TEST_F(FollowedFileTest, PartialLineWaitsForItsEnd) {
  files_.Create(kLog);
  Start();
  for (const char c : std::string("split\n")) {
    ExpectLines({});
    Append(std::string_view(&c, 1));
    Step();
  }
  ExpectLines({"split"});
}

TEST_F(FollowedFileTest, LineThatIsTooLongCostsItselfOnly) {
  files_.Create(kLog);
  Start();
  Append("a\n" + std::string(300'000, 'x') + "\nb\n");
  Step();
  EXPECT_THAT(numbers_, ElementsAre(1, 2, 3));
  ExpectLines({"a", std::string(100, 'x') + "...", "b"});
}

TEST_F(FollowedFileTest, AnHourOfNulsDoesNotHoldUpTheCaller) {
  files_.Create(kLog);
  Start();
  Append(std::string(FollowedFile::kMostBytesPerCall * 3, '\0') + "\nb\n");
  Line line;
  EXPECT_FALSE(follower_->lanes()[0].file->Next(line));  // it has not ended
  EXPECT_LE(State().stats.read_bytes, FollowedFile::kMostBytesPerCall * 3 / 2);
  while (!follower_->lanes()[0].file->Next(line)) {
  }
  EXPECT_TRUE(line.too_long);
  Read();
  ExpectLines({"b"});
}

// --- Pipes.

TEST_F(FollowedFileTest, FifoWhoseWriterComesAndGoes) {
  files_.MakeFifo(kLog);
  Start();
  files_.WriteFifo(kLog, "a\nb");
  Step();
  ExpectLines({"a"});
  Settle();  // nobody writes
  files_.WriteFifo(kLog, " goes on\nc\n");
  Step();
  ExpectLines({"b goes on", "c"});
  EXPECT_TRUE(State().up);
}

TEST_F(FollowedFileTest, FifoMadeAnewIsOpenedAnew) {
  files_.MakeFifo(kLog);
  Start();
  files_.Remove(kLog);
  Step();
  files_.MakeFifo(kLog);
  files_.WriteFifo(kLog, "a\n");
  Step();
  ExpectLines({"a"});
  Settle();
  EXPECT_EQ(files_.open_files(), 1U);
}

TEST_F(FollowedFileTest, StandardInputEndsWithItsLastLine) {
  files_.SetInput("a\nb", false);
  Start({"-"});
  ExpectLines({"a"});
  EXPECT_FALSE(follower_->lanes()[0].file->ended());
  files_.SetInput("", true);
  Step();
  ExpectLines({"b$"});
  EXPECT_TRUE(follower_->lanes()[0].file->ended());
}

TEST_F(FollowedFileTest, StandardInputThatIsAFileIsReadFromItsBeginning) {
  files_.Append("-", "a\nb\n");
  Start({"-"}, StartAt::kEnd);
  ExpectLines({"a", "b"});
}

}  // namespace
}  // namespace stickyd
