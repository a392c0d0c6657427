// SPDX-License-Identifier: Apache-2.0
// file_system_test: the real file system: what is read whole, and what is not even opened.
#include "stickyd/base/file_system.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "stickyd/base/fd.h"
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

class FileFactsTest : public testing::Test {
 protected:
  std::string Name(const std::string& name) const { return folder_.path() / name; }
  void Put(const std::string& name, const std::string& content) const {
    std::ofstream(Name(name)) << content;
  }
  const FileSystem& files_ = RealFileSystem();
  const TempDir folder_;
};

TEST_F(FileFactsTest, StatAndInfoTellTheSame) {
  Put("a", "12345");
  const timespec times[] = {{1'700'000'000, 5}, {1'700'000'001, 123'456'789}};
  ASSERT_EQ(::utimensat(AT_FDCWD, Name("a").c_str(), times, 0), 0);
  std::filesystem::create_hard_link(Name("a"), Name("b"));
  struct stat st {};
  ASSERT_EQ(::stat(Name("a").c_str(), &st), 0);
  const auto file = files_.Open(Name("a"));
  ASSERT_TRUE(file.has_value());
  for (const auto& info : {files_.Stat(Name("b")), (*file)->Info()}) {
    ASSERT_TRUE(info.has_value());
    EXPECT_EQ(info->size_bytes, 5U);
    EXPECT_EQ(info->modified_ns, 1'700'000'001'123'456'789);
    EXPECT_EQ(info->links, 2U);
    EXPECT_EQ(info->kind, FileKind::kRegular);
    EXPECT_EQ(info->id, (FileId{st.st_dev, st.st_ino}));
  }
  EXPECT_FALSE((*file)->ended());
  EXPECT_GE((*file)->descriptor(), 0);
}

TEST_F(FileFactsTest, KindsAreToldApart) {
  ASSERT_EQ(::mkfifo(Name("fifo").c_str(), 0600), 0);
  const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  Name("socket").copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(files_.Stat(Name("fifo"))->kind, FileKind::kFifo);
  EXPECT_EQ(files_.Stat(Name("socket"))->kind, FileKind::kSocket);
  EXPECT_EQ(files_.Stat(folder_.path())->kind, FileKind::kDirectory);
  EXPECT_EQ(files_.Stat("/dev/null")->kind, FileKind::kNull);
  EXPECT_EQ(files_.Stat("/dev/zero")->kind, FileKind::kCharacterDevice);
  EXPECT_THAT(files_.Open(Name("socket")).error().message,
              testing::HasSubstr("is a socket, not a file"));
  EXPECT_TRUE(files_.Open(Name("fifo")).has_value());  // nobody writes, and nobody waits
  EXPECT_TRUE(files_.Open("/dev/null").has_value());
  EXPECT_STREQ(NameOf(FileKind::kRegular), "a regular file");
  EXPECT_STREQ(NameOf(FileKind::kBlockDevice), "a block device");
  EXPECT_STREQ(NameOf(FileKind::kNull), "the null device");
}

TEST_F(FileFactsTest, ReadingGoesOnWhereItEndedAndSeeksFromTheBegin) {
  Put("a", "abcdef");
  auto file = files_.Open(Name("a"));
  ASSERT_TRUE(file.has_value());
  std::array<char, 4> buffer{};
  EXPECT_EQ(*(*file)->Read(buffer), 4U);
  EXPECT_EQ(*(*file)->Read(buffer), 2U);
  EXPECT_EQ(std::string(buffer.data(), 4), "efcd");
  EXPECT_EQ(*(*file)->Read(buffer), 0U);
  EXPECT_TRUE((*file)->SeekTo(1).has_value());
  EXPECT_EQ(*(*file)->Read(buffer), 4U);
  EXPECT_EQ(std::string(buffer.data(), 4), "bcde");
  EXPECT_FALSE(
      (*files_.Open(folder_.path().string() + "/a"))->SeekTo(uint64_t{1} << 63U).has_value());
}

TEST_F(FileFactsTest, PipeThatHasNothingNowIsNoError) {
  ASSERT_EQ(::mkfifo(Name("fifo").c_str(), 0600), 0);
  auto file = files_.Open(Name("fifo"));
  ASSERT_TRUE(file.has_value());
  const UniqueFd writer(::open(Name("fifo").c_str(), O_WRONLY));
  std::array<char, 4> buffer{};
  EXPECT_EQ(*(*file)->Read(buffer), 0U);
  ASSERT_EQ(::write(writer.get(), "ab", 2), 2);
  EXPECT_EQ(*(*file)->Read(buffer), 2U);
  EXPECT_FALSE((*file)->SeekTo(0).has_value());
}

TEST_F(FileFactsTest, ListAndGlobAreSortedAndResolveFollowsLinks) {
  for (const char* name : {"b.log", "a.log", ".c", "d"}) Put(name, "x");
  std::filesystem::create_symlink(Name("a.log"), Name("link"));
  EXPECT_EQ(files_.List(folder_.path()).value(),
            (std::vector<std::string>{".c", "a.log", "b.log", "d", "link"}));
  EXPECT_EQ(files_.List(Name("none")).error().code, ErrorCode::kNotFound);
  EXPECT_EQ(files_.Glob(Name("*.log")), (std::vector<std::string>{Name("a.log"), Name("b.log")}));
  EXPECT_TRUE(files_.Glob(Name("*.txt")).empty());
  EXPECT_EQ(files_.Resolve(Name("link")), std::filesystem::canonical(Name("a.log")));
  EXPECT_EQ(files_.Resolve(Name("none")), Name("none"));
}

TEST_F(FileFactsTest, FileSystemsOfTheKernelAloneAreNotTrustedToNotify) {
  EXPECT_FALSE(files_.CanNotify("/proc/self"));
  EXPECT_FALSE(files_.CanNotify(Name("none")));
}

TEST_F(FileFactsTest, FileIdsAreOrderedByDeviceThenByNumber) {
  EXPECT_LT((FileId{1, 2}), (FileId{2, 1}));
  EXPECT_LT((FileId{1, 1}), (FileId{1, 2}));
  EXPECT_FALSE((FileId{1, 2} < FileId{1, 2}));
}

TEST_F(FileFactsTest, StandardInputEndsWithItsWriterAndOnlyThen) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd before(::dup(STDIN_FILENO));
  ::dup2(ends[0], STDIN_FILENO);
  ::close(ends[0]);
  UniqueFd writer(ends[1]);
  {
    EXPECT_EQ(files_.Stat("-")->kind, FileKind::kFifo);
    auto input = files_.Open("-");
    ASSERT_TRUE(input.has_value());
    std::array<char, 4> buffer{};
    EXPECT_EQ(*(*input)->Read(buffer), 0U);  // and it does not wait
    EXPECT_FALSE((*input)->ended());
    ASSERT_EQ(::write(writer.get(), "ab", 2), 2);
    EXPECT_EQ(*(*input)->Read(buffer), 2U);
    EXPECT_FALSE((*input)->ended());
    writer.Reset();
    EXPECT_EQ(*(*input)->Read(buffer), 0U);
    EXPECT_TRUE((*input)->ended());
  }
  ::dup2(before.get(), STDIN_FILENO);
}

TEST_F(FileFactsTest, AsManyFilesMayBeOpenAsTheSystemLets) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{before.rlim_max - 1, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
  RaiseFileLimit();
  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_EQ(after.rlim_cur, before.rlim_max);
  EXPECT_EQ(after.rlim_max, before.rlim_max);
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(UniqueFdTest, DescriptorIsClosedOnceAndByItsLastOwner) {
  const auto is_open = [](int fd) { return ::fcntl(fd, F_GETFD) != -1; };
  int number = -1;
  {
    UniqueFd a(::dup(STDERR_FILENO));
    number = a.get();
    UniqueFd b(std::move(a));
    EXPECT_FALSE(a);  // NOLINT(bugprone-use-after-move): that is what is tested
    EXPECT_TRUE(is_open(number));
    UniqueFd c;
    EXPECT_FALSE(c);
    c = std::move(b);
    EXPECT_EQ(c.get(), number);
    EXPECT_TRUE(is_open(number));
  }
  EXPECT_FALSE(is_open(number));
  UniqueFd d(::dup(STDERR_FILENO));
  number = d.get();
  d.Reset();
  EXPECT_FALSE(is_open(number));
  d.Reset(::dup(STDERR_FILENO));
  number = d.Release();
  EXPECT_FALSE(d);
  EXPECT_TRUE(is_open(number));
  ::close(number);
}

TEST(UniqueFdTest, DescriptorZeroIsOne) {
  const UniqueFd before(::dup(STDIN_FILENO));
  {
    const UniqueFd zero(STDIN_FILENO);
    EXPECT_TRUE(zero);
  }
  EXPECT_EQ(::fcntl(STDIN_FILENO, F_GETFD), -1);
  ASSERT_EQ(::dup2(before.get(), STDIN_FILENO), STDIN_FILENO);
}

}  // namespace
}  // namespace stickyd
