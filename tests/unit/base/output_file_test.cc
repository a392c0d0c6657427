// SPDX-License-Identifier: Apache-2.0
// output_file_test: full disks, rotations, and what is tried before: lines stay whole, and each of
// them is counted.
#include "stickyd/base/output_file.h"

#include <gmock/gmock.h>
#include <poll.h>

#include <filesystem>

#include "outputting.h"
#include "support/size_limit.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using OutputFileTest = Outputting;

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

}  // namespace
}  // namespace stickyd
