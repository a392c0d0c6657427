// SPDX-License-Identifier: Apache-2.0
// output_file_test: full disks, rotations, and what is tried before: lines stay whole, and each of
// them is counted.
#include "stickyd/base/output_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <filesystem>

#include "outputting.h"
#include "support/size_limit.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using OutputFileTest = Outputting;
using OutputModesTest = Outputting;

// --- Full disks.

TEST_F(OutputFileTest, OfAFullDiskWhatWasWhollyWrittenCountsAsWritten) {
  // Wherever the disk is full: within a line, and between two.
  for (const rlim_t room : {rlim_t{0}, rlim_t{50}, rlim_t{100}, rlim_t{250}, rlim_t{999}}) {
    SCOPED_TRACE(room);
    fs::remove(path());
    OutputFile file = Open();
    {
      const SizeLimit full(room);
      EXPECT_TRUE(file.Write(Lines(0, 10)).has_value());
      EXPECT_FALSE(file.Flush().has_value());
      ExpectLines(file, room / 100, 10 - room / 100, 0);
      EXPECT_FALSE(file.Flush().has_value());  // nothing has got better
      EXPECT_TRUE(file.Write(Line(10)).has_value());
      EXPECT_FALSE(file.Flush().has_value());
      ExpectLines(file, room / 100, 11 - room / 100, 0);
    }
    EXPECT_TRUE(file.Write(Lines(11, 13)).has_value());
    EXPECT_TRUE(file.Flush().has_value());
    ExpectLines(file, room / 100 + 2, 11 - room / 100, 0);
    const std::string torn = room % 100 == 0 ? "" : "\n";
    EXPECT_EQ(Content(), Lines(0, 10).substr(0, room) + torn + Lines(11, 13));
  }
}

TEST_F(OutputFileTest, LineAfterOneThatAnEarlierProcessLeftTornIsWhole) {
  std::ofstream(path()) << Line(0) << "half a li";
  {
    OutputFile file = Open();
    (void)file.Write(Line(1));
    EXPECT_TRUE(file.Flush().has_value());
    ExpectLines(file, 1, 0, 0);
  }
  EXPECT_EQ(Content(), Line(0) + "half a li\n" + Line(1));
  OutputFile again = Open();
  (void)again.Write(Line(2));
  EXPECT_TRUE(again.Flush().has_value());
  EXPECT_EQ(Content(), Line(0) + "half a li\n" + Line(1) + Line(2));
}

TEST_F(OutputFileTest, RotationOfATornFileBeginsAnewWithoutAnEmptyLine) {
  OutputFile file = Open();
  {
    const SizeLimit full(150);
    (void)file.Write(Lines(0, 2));
    EXPECT_FALSE(file.Flush().has_value());
  }
  fs::rename(path(), path() + ".1");
  EXPECT_TRUE(file.Reopen().has_value());
  (void)file.Write(Line(2));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Content(), Line(2));
}

// --- Rotations.

TEST_F(OutputFileTest, FileThatCannotBeReopenedIsWrittenOnUntilItCan) {
  const fs::path folder = folder_.path() / "folder";
  fs::create_directory(folder);
  auto file = OutputFile::Open(folder / "out", OpenMode::kAppend, WhenFull::kDrop);
  ASSERT_TRUE(file.has_value());
  fs::rename(folder, folder_.path() / "folder.old");
  EXPECT_FALSE(file->Reopen().has_value());
  (void)file->Write(Line(0));
  const Status told = file->Flush();
  ASSERT_FALSE(told.has_value());
  EXPECT_THAT(told.error().message, HasSubstr("the file before is written to"));
  ExpectLines(*file, 1, 0, 0);
  EXPECT_EQ(fs::file_size(folder_.path() / "folder.old/out"), 100U);
  fs::create_directory(folder);
  EXPECT_TRUE(file->Flush().has_value());  // without being asked again
  (void)file->Write(Line(1));
  EXPECT_TRUE(file->Flush().has_value());
  EXPECT_EQ(fs::file_size(folder / "out"), 100U);
  ExpectLines(*file, 2, 0, 0);
}

// --- Try.

TEST_F(OutputFileTest, TryingAFifoIsNotNoticedByItsReader) {
  MakeFifo();
  const UniqueFd reader = OpenReader();
  EXPECT_TRUE(OutputFile::Try(path()).has_value());
  pollfd poll_fd{reader.get(), POLLIN, 0};
  EXPECT_EQ(::poll(&poll_fd, 1, 0), 0);  // nobody hung up
}

TEST_F(OutputFileTest, TryingTellsWhatOpeningWould) {
  EXPECT_TRUE(OutputFile::Try(path()).has_value());
  EXPECT_FALSE(fs::exists(path()));
  EXPECT_FALSE(OutputFile::Try(folder_.path()).has_value());
  EXPECT_FALSE(OutputFile::Try(path() + "/missing").has_value());
  MakeFifo();
  EXPECT_TRUE(OutputFile::Try(path()).has_value());  // nobody reads it now
  EXPECT_TRUE(OutputFile::Try("/dev/null").has_value());
}

TEST_F(OutputModesTest, NewFileIsForItsOwnerAndGroupOnly) {
  const mode_t before = ::umask(0);
  (void)Open();
  ::umask(before);
  struct stat st {};
  ASSERT_EQ(::stat(path().c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777U, 0640U);
}

TEST_F(OutputModesTest, TruncatingDropsWhatWasThereAndAppendingKeepsIt) {
  for (const OpenMode mode : {OpenMode::kTruncate, OpenMode::kAppend}) {
    std::ofstream(path()) << Lines(0, 3);
    {
      OutputFile file = Open(WhenFull::kWait, mode);
      EXPECT_TRUE(file.Write(Line(3)).has_value());
    }  // its end writes what waits
    EXPECT_EQ(Content(), mode == OpenMode::kAppend ? Lines(0, 4) : Line(3));
  }
}

TEST_F(OutputModesTest, LinesWaitUntilTheBufferIsFull) {
  OutputFile file = Open();
  constexpr uint64_t kFull = 65536 / 64;
  for (uint64_t i = 0; i + 1 < kFull; ++i) {
    EXPECT_TRUE(file.Write(Line(static_cast<int>(i), 64)).has_value());
    ASSERT_EQ(file.waiting(), i + 1);
  }
  ExpectLines(file, 0, 0, 0);
  EXPECT_EQ(Content(), "");
  EXPECT_TRUE(file.Write(Line(1023, 64)).has_value());
  EXPECT_EQ(file.waiting(), 0U);
  ExpectLines(file, kFull, 0, 0);
  EXPECT_EQ(Content().size(), 65536U);
}

TEST_F(OutputModesTest, SeveralLinesAtATimeAreCountedOneByOne) {
  OutputFile file = Open();
  (void)file.Write(Lines(0, 7));
  EXPECT_EQ(file.waiting(), 7U);
  EXPECT_TRUE(file.Flush().has_value());
  ExpectLines(file, 7, 0, 0);
  EXPECT_EQ(file.waiting(), 0U);
}

TEST_F(OutputModesTest, AllThatMayWaitIsKeptAndNotOneByteMore) {
  MakeFifo();
  OutputFile file = Open();  // nobody reads it
  constexpr auto kLines = static_cast<int>(OutputFile::kMostWaiting / 1024);
  for (int i = 0; i < kLines; ++i) (void)file.Write(Line(i, 1024));
  ExpectLines(file, 0, 0, 0);
  (void)file.Write(Lines(0, 2));
  ExpectLines(file, 0, 0, 2);
  EXPECT_EQ(file.waiting(), static_cast<uint64_t>(kLines));
}

TEST_F(OutputModesTest, RegularFileThatWaitsForNobodyDropsNothing) {
  OutputFile file = Open(WhenFull::kWait);
  EXPECT_TRUE(file.Write(Line(0, 3 * OutputFile::kMostWaiting)).has_value());
  ExpectLines(file, 1, 0, 0);
}

TEST_F(OutputModesTest, FifoThatNobodyReadsIsAnErrorOnlyForWhoDoesNotDrop) {
  EXPECT_FALSE(OutputFile::Open(folder_.path(), OpenMode::kAppend, WhenFull::kDrop).has_value());
  EXPECT_FALSE(OutputFile::Open(path() + "/none", OpenMode::kAppend, WhenFull::kDrop).has_value());
  MakeFifo();
  EXPECT_TRUE(OutputFile::Open(path(), OpenMode::kAppend, WhenFull::kDrop).has_value());
}

TEST_F(OutputModesTest, ReopeningWritesFirstWhatWaits) {
  OutputFile file = Open();
  (void)file.Write(Line(0));
  std::filesystem::rename(path(), path() + ".1");
  EXPECT_TRUE(file.Reopen().has_value());
  EXPECT_EQ(std::filesystem::file_size(path() + ".1"), 100U);
  EXPECT_EQ(Content(), "");
  (void)file.Write(Line(1));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Content(), Line(1));
  EXPECT_EQ(std::filesystem::file_size(path() + ".1"), 100U);
}

TEST_F(OutputModesTest, ReopeningStandardOutputIsNothing) {
  const UniqueFd output(::open(path().c_str(), O_WRONLY | O_CREAT, 0600));
  auto file = OpenAsOutput(output);
  (void)file.Write(Line(0));
  EXPECT_TRUE(file.Reopen().has_value());
  EXPECT_EQ(Content(), Line(0));
  EXPECT_FALSE(std::filesystem::exists("standard output"));
}

TEST_F(OutputModesTest, StandardErrorIsWrittenTo) {
  std::fflush(stderr);
  const UniqueFd output(::open(path().c_str(), O_WRONLY | O_CREAT, 0600));
  const UniqueFd before(::dup(STDERR_FILENO));
  ::dup2(output.get(), STDERR_FILENO);
  {
    auto file = OutputFile::OpenStandardError(WhenFull::kDrop);
    if (file) (void)file->Write(Line(0));
  }
  ::dup2(before.get(), STDERR_FILENO);
  EXPECT_EQ(Content(), Line(0));
}

TEST_F(OutputModesTest, FileThatStandardOutputLeadsToIsNotLookedAtForHalfALine) {
  std::ofstream(path()) << "half a li";
  const UniqueFd output(::open(path().c_str(), O_WRONLY | O_APPEND));
  auto file = OpenAsOutput(output);
  (void)file.Write(Line(0));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_EQ(Content(), "half a li" + Line(0));  // it is its own business
}

TEST_F(OutputModesTest, TryingTellsWhatIsWrong) {
  EXPECT_TRUE(OutputFile::Try("-").has_value());
  EXPECT_TRUE(OutputFile::Try("stickyd-no-such-file").has_value());  // in the folder we are in
  EXPECT_FALSE(std::filesystem::exists("stickyd-no-such-file"));
  std::ofstream(path()) << "x";
  EXPECT_TRUE(OutputFile::Try(path()).has_value());
  EXPECT_EQ(Content(), "x");
  EXPECT_THAT(OutputFile::Try(folder_.path()).error().message, HasSubstr("Is a directory"));
  EXPECT_EQ(OutputFile::Try(folder_.path() / "no/file").error().code, ErrorCode::kNotFound);
  EXPECT_THAT(OutputFile::Try(path() + "/file").error().message, HasSubstr("Not a directory"));
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string there = folder_.path() / "socket";
  there.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_THAT(OutputFile::Try(there).error().message, HasSubstr("No such device"));
}

TEST_F(OutputModesTest, ErrorIsToldUntilAWriteGoesWell) {
  OutputFile file = Open();
  {
    const SizeLimit full(0);
    (void)file.Write(Line(0));
    EXPECT_THAT(file.Flush().error().message, HasSubstr("File too large"));
    EXPECT_EQ(file.waiting(), 0U);
  }
  EXPECT_FALSE(file.Flush().has_value());  // nothing was tried since
  (void)file.Write(Line(1));
  EXPECT_TRUE(file.Flush().has_value());
  EXPECT_TRUE(file.Flush().has_value());
}

}  // namespace
}  // namespace stickyd
