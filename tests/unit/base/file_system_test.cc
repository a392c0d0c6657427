// SPDX-License-Identifier: Apache-2.0
// file_system_test: the real file system: what is read whole, and what is not even opened.
#include "stickyd/base/file_system.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "support/temp_dir.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class FileSystemTest : public testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() / name; }
  Result<std::string> Read(const std::string& path, size_t limit = 100) const {
    return ReadWholeFile(RealFileSystem(), path, limit);
  }

  const TempDir folder_;
};

TEST_F(FileSystemTest, WholeFileUpToTheLimit) {
  std::ofstream(Path("a")) << std::string(100, 'x');
  EXPECT_EQ(Read(Path("a")).value_or(""), std::string(100, 'x'));
  ASSERT_FALSE(Read(Path("a"), 99));
  EXPECT_EQ(Read(Path("a"), 99).error().code, ErrorCode::kLimit);
  EXPECT_GT(Read("/proc/self/status", 100'000).value_or("").size(), 100U);  // has no size
}

TEST_F(FileSystemTest, NullDeviceIsAnEmptyFile) { EXPECT_EQ(Read("/dev/null").value_or("x"), ""); }

TEST_F(FileSystemTest, WhatMayHaveNoEndIsNotRead) {
  ASSERT_EQ(::mkfifo(Path("fifo").c_str(), 0600), 0);
  fs::create_symlink("/dev/zero", Path("link"));
  const std::pair<std::string, const char*> rows[] = {
      {"/dev/zero", "is a character device"},    {"/dev/full", "is a character device"},
      {"/dev/urandom", "is a character device"}, {Path("link"), "is a character device"},
      {Path("fifo"), "is a FIFO or pipe"},       {folder_.path(), "Is a directory"},
  };
  for (const auto& [path, said] : rows) {
    SCOPED_TRACE(path);
    const auto text = Read(path);
    ASSERT_FALSE(text.has_value());
    EXPECT_EQ(text.error().code, ErrorCode::kNotAFile);
    EXPECT_THAT(text.error().message, HasSubstr(path + ": " + said));
  }
}

TEST_F(FileSystemTest, DevicesAreNotEvenOpened) {
  for (const char* path : {"/dev/zero", "/dev/tty", "/dev/full"}) {
    const auto file = RealFileSystem().Open(path);
    ASSERT_FALSE(file.has_value());
    EXPECT_EQ(file.error().code, ErrorCode::kNotAFile) << path;
  }
}

TEST_F(FileSystemTest, LinkInACircleLeadsToNothing) {
  fs::create_symlink(Path("b"), Path("a"));
  fs::create_symlink(Path("a"), Path("b"));
  EXPECT_EQ(RealFileSystem().Stat(Path("a")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(RealFileSystem().Open(Path("a")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(Read(Path("a/b")).error().code, ErrorCode::kNotFound);
}

TEST_F(FileSystemTest, FileInPlaceOfAFolderHoldsNothing) {
  std::ofstream(Path("a")) << "x";
  EXPECT_EQ(RealFileSystem().Stat(Path("a/b")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(RealFileSystem().Open(Path("a/b")).error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace stickyd
