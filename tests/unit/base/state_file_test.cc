// SPDX-License-Identifier: Apache-2.0
// state_file_test: each step fails, and the process is killed at each: the file is the old one or
// the new one, and the next attempt works.
#include "stickyd/base/state_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "support/failing_calls.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;

constexpr const char* kOld = "the old content";
constexpr const char* kNew = "the new content, which is longer";

class StateFileTest : public testing::Test {
 protected:
  std::string path() const { return folder_.path() / "state"; }
  std::string Content() const {
    std::ifstream in(path());
    return in ? std::string(std::istreambuf_iterator<char>(in), {}) : "none";
  }
  // Names in the folder.
  ptrdiff_t Names() const { return std::distance(fs::directory_iterator(folder_.path()), {}); }
  Status Write(IfThere if_there, FileCalls& calls = RealFileCalls()) const {
    return WriteStateFile(path(), kNew, if_there, calls);
  }
  void Begin(const std::string& content) {
    fs::remove(path());
    if (content != "none") std::ofstream(path()) << content;
  }
  // How many calls a write takes where nothing fails.
  int CallsOf(IfThere if_there, const std::string& before) {
    Begin(before);
    FailingCalls calls;
    calls.set_most_per_write(10);
    EXPECT_TRUE(Write(if_there, calls).has_value());
    return calls.calls();
  }

  const TempDir folder_;
};

struct FileRow {
  IfThere if_there;
  const char* before;
};
constexpr FileRow kRows[] = {
    {IfThere::kKeep, "none"}, {IfThere::kReplace, "none"}, {IfThere::kReplace, kOld}};

TEST_F(StateFileTest, NewFileIsItsOwnersAlone) {
  ASSERT_TRUE(Write(IfThere::kKeep).has_value());
  EXPECT_EQ(Content(), kNew);
  struct stat st {};
  ASSERT_EQ(::stat(path().c_str(), &st), 0);
  EXPECT_EQ(st.st_mode & 0777U, 0600U);
  EXPECT_EQ(Names(), 1);
}

TEST_F(StateFileTest, WhatIsThereIsKeptOrReplacedAsAsked) {
  Begin(kOld);
  EXPECT_EQ(Write(IfThere::kKeep).error().code, ErrorCode::kExists);
  EXPECT_EQ(Content(), kOld);
  EXPECT_TRUE(Write(IfThere::kReplace).has_value());
  EXPECT_EQ(Content(), kNew);
  EXPECT_EQ(Names(), 1);
}

TEST_F(StateFileTest, WhicheverCallFailsTheFileIsWholeAndARetryWorks) {
  for (const auto& [if_there, before] : kRows) {
    const int count = CallsOf(if_there, before);
    EXPECT_GE(count, 9);  // open, four writes, fsync, link or rename, and the folder's two
    for (int failing = 0; failing < count; ++failing) {
      for (const int error : {ENOSPC, EIO}) {
        SCOPED_TRACE(std::string(before) + ", call " + std::to_string(failing));
        Begin(before);
        FailingCalls calls;
        calls.set_most_per_write(10);
        calls.FailCall(failing, error);
        const Status status = Write(if_there, calls);
        // After it has its name only what makes that durable can fail.
        const bool named = Content() == kNew;
        EXPECT_TRUE(named || Content() == before) << Content();
        EXPECT_TRUE(status.has_value() ? named : status.error().code == ErrorCode::kIo);
        EXPECT_LE(Names(), 1 + (status ? 1 : 0));  // the name beside, where that cannot be removed
        const Status again = Write(if_there);
        EXPECT_TRUE(again.has_value() || (named && again.error().code == ErrorCode::kExists));
        EXPECT_EQ(Content(), kNew);
        fs::remove_all(folder_.path());
        fs::create_directory(folder_.path());
      }
    }
  }
}

TEST_F(StateFileTest, KilledAtWhicheverCallTheFileIsWholeAndARetryWorks) {
  for (const auto& [if_there, before] : kRows) {
    const int count = CallsOf(if_there, before);
    for (int last = 0; last < count; ++last) {
      SCOPED_TRACE(std::string(before) + ", killed at call " + std::to_string(last));
      Begin(before);
      FailingCalls calls;
      calls.set_most_per_write(10);
      calls.KillAtCall(last);
      EXPECT_THROW((void)Write(if_there, calls), FailingCalls::Killed);
      const bool named = Content() == kNew;
      EXPECT_TRUE(named || Content() == before) << Content();
      const Status again = Write(if_there);  // what was left beside does not matter
      EXPECT_TRUE(again.has_value() || (named && again.error().code == ErrorCode::kExists));
      EXPECT_EQ(Content(), kNew);
    }
  }
}

TEST_F(StateFileTest, InterruptedCallsAreMadeAgain) {
  FailingCalls calls;
  calls.FailCall(1, EINTR);
  EXPECT_TRUE(Write(IfThere::kKeep, calls).has_value());
  EXPECT_EQ(Content(), kNew);
}

TEST_F(StateFileTest, WithoutLinksItIsRenamedAndStillReplacesNothing) {
  const auto without_links = [&] {
    FailingCalls calls;
    calls.FailCall(3, EPERM);  // after open, write and fsync
    return Write(IfThere::kKeep, calls);
  };
  ASSERT_TRUE(without_links().has_value());
  EXPECT_EQ(Content(), kNew);
  Begin(kOld);
  EXPECT_EQ(without_links().error().code, ErrorCode::kExists);
  EXPECT_EQ(Content(), kOld);
  EXPECT_EQ(Names(), 1);
}

TEST_F(StateFileTest, FolderThatCannotBeMadeDurableIsNoError) {
  FailingCalls calls;
  calls.FailCall(6, EINVAL);  // open, write, fsync, link, unlink, and of the folder: open, fsync
  EXPECT_TRUE(Write(IfThere::kKeep, calls).has_value());
  EXPECT_EQ(calls.calls(), 7);
}

TEST_F(StateFileTest, MissingFolderIsNamed) {
  const auto status = WriteStateFile(folder_.path() / "no/state", kNew, IfThere::kKeep);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().code, ErrorCode::kNotFound);
  EXPECT_THAT(status.error().message, testing::HasSubstr("no/state: No such file"));
}

TEST_F(StateFileTest, WithoutLinksWhateverTheSystemCallsItAndForNoOtherReason) {
  for (const int error : {EPERM, EOPNOTSUPP, ENOSYS}) {
    fs::remove(path());
    FailingCalls calls;
    calls.FailCall(3, error);
    EXPECT_TRUE(Write(IfThere::kKeep, calls).has_value()) << error;
    EXPECT_EQ(Content(), kNew);
    EXPECT_EQ(Names(), 1);
  }
  fs::remove(path());
  FailingCalls calls;
  calls.FailCall(3, EMLINK);
  EXPECT_FALSE(Write(IfThere::kKeep, calls).has_value());
  EXPECT_EQ(Names(), 0);
}

TEST_F(StateFileTest, FolderThatMayNotBeReadIsNoErrorAndAnyOtherReasonIs) {
  for (const auto& [error, good] : {std::pair(EACCES, true), std::pair(EIO, false)}) {
    fs::remove(path());
    FailingCalls calls;
    calls.FailCall(5, error);  // the folder is opened
    EXPECT_EQ(Write(IfThere::kKeep, calls).has_value(), good);
    EXPECT_EQ(Content(), kNew);
  }
}

TEST_F(StateFileTest, FileWithoutAFolderIsMadeWhereTheProcessIs) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_TRUE(WriteStateFile("state", kNew, IfThere::kKeep).has_value());
  fs::current_path(before);
  EXPECT_EQ(Content(), kNew);
}

TEST_F(StateFileTest, EmptyContentIsContent) {
  Begin(kOld);
  EXPECT_TRUE(WriteStateFile(path(), "", IfThere::kReplace).has_value());
  EXPECT_EQ(Content(), "");
}

}  // namespace
}  // namespace stickyd
