// SPDX-License-Identifier: Apache-2.0
// slow_reader_test: readers of pipes that stop, go and come back. Nothing waits for them but what
// is to wait, and they get whole lines. Real FIFOs and pipes; nothing depends on time.
#include <gmock/gmock.h>
#include <sys/socket.h>

#include <filesystem>
#include <thread>

#include "outputting.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using SlowReaderTest = Outputting;

// --- Readers that stop, go, and come back.

TEST_F(SlowReaderTest, ReaderThatStopsIsNotWaitedForAndLosesWholeLinesOnly) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  OutputFile file = Open();
  constexpr int kMany = 20'000;  // of 100 bytes: more than may wait
  for (int i = 0; i < kMany; ++i) (void)file.Write(Line(i));
  const Status told = file.Flush();
  ASSERT_FALSE(told.has_value());
  EXPECT_THAT(told.error().message, HasSubstr("does not keep up"));
  const auto kept = static_cast<int>(file.lines().written + file.waiting());
  EXPECT_GE(kept, static_cast<int>(OutputFile::kMostWaiting / 100));
  EXPECT_LE(kept, static_cast<int>(OutputFile::kMostWaiting / 100) + 42);  // what the pipe holds
  ExpectLines(file, file.lines().written, 0, static_cast<uint64_t>(kMany - kept));
  EXPECT_EQ(TakeAll(file, reader), Lines(0, kept));
  EXPECT_TRUE(file.Flush().has_value());
  (void)file.Write(Line(kMany));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Take(reader), Line(kMany));
  ExpectLines(file, static_cast<uint64_t>(kept) + 1, 0, static_cast<uint64_t>(kMany - kept));
}

TEST_F(SlowReaderTest, SlowReaderThatLosesNothingIsNoProblem) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  OutputFile file = Open();
  (void)file.Write(Lines(0, 1000));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_GT(file.waiting(), 900U);
  EXPECT_EQ(TakeAll(file, reader), Lines(0, 1000));
  ExpectLines(file, 1000, 0, 0);
}

TEST_F(SlowReaderTest, WhatIsInThePipeEndsWithALineWhereverItIsFull) {
  MakeFifo();
  for (const size_t bytes : {15U, 100U, 1000U, 2049U, 4096U}) {
    SCOPED_TRACE(bytes);
    const UniqueFd reader = OpenReader();
    OutputFile file = Open();
    for (int i = 0; i < 200; ++i) (void)file.Write(Line(i, bytes));
    (void)file.Flush();
    EXPECT_GT(file.lines().written, 0U);
    EXPECT_EQ(Take(reader), Lines(0, static_cast<int>(file.lines().written), bytes));
  }
}

TEST_F(SlowReaderTest, LineThatIsLongerThanThePipeIsCompletedFirst) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  OutputFile file = Open();
  (void)file.Write(Line(0, 10'000));
  (void)file.Write(Line(1));
  EXPECT_TRUE(file.Flush().has_value());
  ExpectLines(file, 0, 0, 0);
  EXPECT_EQ(file.waiting(), 2U);
  for (int i = 2; i < 20'000; ++i) (void)file.Write(Line(i));
  const uint64_t kept = file.waiting();
  EXPECT_EQ(TakeAll(file, reader), Line(0, 10'000) + Lines(1, static_cast<int>(kept)));
}

TEST_F(SlowReaderTest, LineThatIsLongerThanAllThatMayWaitIsDropped) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  OutputFile file = Open();
  EXPECT_FALSE(file.Write(Line(0, OutputFile::kMostWaiting + 1)).has_value());
  (void)file.Write(Line(1));
  (void)file.Flush();
  EXPECT_EQ(Take(reader), Line(1));
  ExpectLines(file, 1, 0, 1);
}

TEST_F(SlowReaderTest, FifoThatNobodyReadsYetIsServedOnceSomebodyDoes) {
  MakeFifo();
  OutputFile file = Open();
  (void)file.Write(Line(0));
  for (int i = 0; i < 3; ++i) {
    const Status told = file.Flush();
    ASSERT_FALSE(told.has_value());
    EXPECT_THAT(told.error().message, HasSubstr("nobody reads it"));
  }
  const UniqueFd reader = OpenReader();
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Take(reader), Line(0));
  ExpectLines(file, 1, 0, 0);
}

TEST_F(SlowReaderTest, ReaderThatGoesAndAnotherThatComesGetWholeLines) {
  MakeFifo();
  OutputFile file = Open();
  for (const size_t bytes : {100U, 10'000U}) {
    SCOPED_TRACE(bytes);
    UniqueFd reader = OpenReader();
    EXPECT_TRUE(file.Flush().has_value());
    (void)file.Write(Lines(0, 100, bytes));
    (void)file.Flush();
    const uint64_t gone = file.lines().written;  // with the reader, perhaps
    reader.Reset();
    EXPECT_THAT(file.Flush().error().message, HasSubstr("nobody reads it"));
    reader = OpenReader();
    std::string got = TakeAll(file, reader);
    if (got.starts_with('\n')) got.erase(0, 1);  // ends what may have been left in the pipe
    const auto first = static_cast<int>(bytes == 100 ? gone : 0);
    EXPECT_EQ(got, Lines(first, 100, bytes));
    EXPECT_EQ(file.waiting(), 0U);
  }
  ExpectLines(file, 200, 0, 0);
}

TEST_F(SlowReaderTest, FifoThatItsReaderRemovesIsNotReplacedByAFile) {
  MakeFifo();
  UniqueFd reader = OpenReader();
  OutputFile file = Open();
  reader.Reset();
  fs::remove(path());
  (void)file.Write(Line(0));
  EXPECT_FALSE(file.Flush().has_value());
  EXPECT_FALSE(file.Flush().has_value());
  EXPECT_FALSE(fs::exists(path()));
  MakeFifo();
  reader = OpenReader();
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Take(reader), Line(0));
}

TEST_F(SlowReaderTest, ReopeningAFifoTearsNoLineAndFindsAnotherOne) {
  MakeFifo();
  UniqueFd reader = OpenReader();
  OutputFile file = Open();
  (void)file.Write(Line(0, 10'000));
  (void)file.Flush();
  EXPECT_TRUE(file.Reopen().has_value());
  EXPECT_EQ(TakeAll(file, reader), Line(0, 10'000));
  fs::remove(path());
  MakeFifo();
  EXPECT_TRUE(file.Reopen().has_value());  // nobody reads that one yet
  (void)file.Write(Line(1));
  EXPECT_FALSE(file.Flush().has_value());
  reader = OpenReader();
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Take(reader), Line(1));
}

// --- Standard output.

class StandardOutputTest : public Outputting {
 protected:
  // Writes more than fits into it and may wait, then flags and lines are looked at.
  void ExpectDrops(const UniqueFd& ours, const UniqueFd& reader) {
    auto file = OpenAsOutput(ours);
    for (int i = 0; i < 20'000; ++i) (void)file.Write(Line(i));
    EXPECT_FALSE(file.Flush().has_value());
    EXPECT_GT(file.lines().dropped, 0U);
    EXPECT_EQ(::fcntl(ours.get(), F_GETFL) & O_NONBLOCK, 0);  // others write there, too
    const auto kept = static_cast<int>(file.lines().written + file.waiting());
    EXPECT_EQ(TakeAll(file, reader), Lines(0, kept));
  }
};

TEST_F(StandardOutputTest, PipeWhoseReaderStopsIsNotWaitedForAndStaysAsItWasForOthers) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  ASSERT_EQ(::fcntl(reader.get(), F_SETFL, O_NONBLOCK), 0);
  ExpectDrops(writer, reader);
}

// It cannot be opened anew.
TEST_F(StandardOutputTest, SocketWhoseReaderStopsIsNotWaitedForEither) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends.data()), 0);
  const UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  ASSERT_EQ(::fcntl(reader.get(), F_SETFL, O_NONBLOCK), 0);
  ExpectDrops(writer, reader);
}

TEST_F(StandardOutputTest, PipeWhoseReaderIsGoneKeepsNobodyUp) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  UniqueFd reader(ends[0]);
  const UniqueFd writer(ends[1]);
  reader.Reset();
  auto file = OpenAsOutput(writer);
  for (int i = 0; i < 20'000; ++i) (void)file.Write(Line(i));
  EXPECT_THAT(file.Flush().error().message, HasSubstr("standard output: nobody reads it"));
  EXPECT_EQ(file.waiting() + file.lines().dropped, 20'000U);
}

TEST_F(StandardOutputTest, NextReaderOfAFifoGetsTheLineWholeBehindWhatWasLeftInIt) {
  MakeFifo();
  UniqueFd reader = OpenReader();
  const UniqueFd fifo(::open(path().c_str(), O_WRONLY));
  auto file = OpenAsOutput(fifo);
  (void)file.Write(Line(0, 10'000) + Line(1));
  (void)file.Flush();
  reader.Reset();
  EXPECT_FALSE(file.Flush().has_value());
  reader = OpenReader();
  EXPECT_EQ(TakeAll(file, reader),
            Line(0, 10'000).substr(0, 4096) + "\n" + Line(0, 10'000) + Line(1));
}

TEST_F(StandardOutputTest, FileIsSharedWithWhoeverWritesThere) {
  const UniqueFd shared(::open(path().c_str(), O_WRONLY | O_CREAT, 0600));
  auto file = OpenAsOutput(shared);
  ASSERT_EQ(::write(shared.get(), "before\n", 7), 7);
  (void)file.Write(Line(0));
  EXPECT_TRUE(file.Flush().has_value());
  ASSERT_EQ(::write(shared.get(), "after\n", 6), 6);
  EXPECT_EQ(Content(), "before\n" + Line(0) + "after\n");
}

// --- Programs that end wait for their reader.

TEST_F(SlowReaderTest, BackPressureLosesNothing) {
  // Another process may have made it so that writes do not wait.
  for (const bool non_blocking : {false, true}) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const UniqueFd out(ends[0]);
    UniqueFd in(ends[1]);
    ASSERT_EQ(::fcntl(in.get(), F_SETFL, non_blocking ? O_NONBLOCK : 0), 0);
    ::fcntl(in.get(), F_SETPIPE_SZ, 4096);  // full time and again
    std::string got;
    std::jthread slow([&] { got = Take(out); });  // until the pipe is closed
    {
      auto file = OpenAsOutput(in, WhenFull::kWait);
      for (int i = 0; i < 5000; ++i) EXPECT_TRUE(file.Write(Line(i)).has_value());
      EXPECT_TRUE(file.Flush().has_value());
      ExpectLines(file, 5000, 0, 0);
    }
    in.Reset();
    slow.join();
    EXPECT_EQ(got, Lines(0, 5000));
  }
}

}  // namespace
}  // namespace stickyd
