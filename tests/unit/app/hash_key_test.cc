// SPDX-License-Identifier: Apache-2.0
// hash_key_test: one key, whatever fails and whoever else starts at the same time.
#include "../../../src/app/hash_key.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>

#include <barrier>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "stickyd/base/fd.h"
#include "support/failing_calls.h"
#include "support/size_limit.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using Key = KeyedHash::Key;

class HashKeyTest : public testing::Test {
 protected:
  std::string dir() const { return folder_.path(); }
  std::string file() const { return folder_.path() / "hash.key"; }
  void Store(const std::string& content) { std::ofstream(file()) << content; }
  bool IsStored(const Key& key) const {
    std::ifstream in(file());
    return std::string(std::istreambuf_iterator<char>(in), {}) ==
           std::string(reinterpret_cast<const char*>(key.data()), key.size());
  }
  // Every thread is a daemon that starts. The keys that they got.
  std::set<Key> StartTogether() const {
    constexpr int kDaemons = 8;
    std::barrier start(kDaemons);
    std::vector<Result<Key>> keys(kDaemons, Fail(ErrorCode::kIo, ""));
    {
      std::vector<std::jthread> daemons;
      for (Result<Key>& key : keys) {
        daemons.emplace_back([&] {
          start.arrive_and_wait();
          key = HashKey(dir());
        });
      }
    }
    std::set<Key> got;
    for (const Result<Key>& key : keys) {
      if (key) got.insert(*key);
    }
    return got;
  }

  const TempDir folder_;
};

TEST_F(HashKeyTest, IsMadeOnceAndKept) {
  const auto key = HashKey(dir());
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(IsStored(*key));
  EXPECT_EQ(HashKey(dir()).value_or(Key{}), *key);
  EXPECT_NE(HashKey("").value_or(Key{}), HashKey("").value_or(Key{}));  // kept nowhere
}

TEST_F(HashKeyTest, FullDiskAtTheFirstStartLeavesNothingAndTheNextStartWorks) {
  {
    const SizeLimit full(0);
    const auto key = HashKey(dir());
    ASSERT_FALSE(key.has_value());
    EXPECT_THAT(key.error().message, HasSubstr("hash.key: "));
  }
  EXPECT_TRUE(fs::is_empty(dir()));
  EXPECT_TRUE(HashKey(dir()).has_value());
}

TEST_F(HashKeyTest, WhicheverCallFailsTheNextStartHasAKeyThatStays) {
  for (const bool empty : {false, true}) {
    for (int failing = 0; failing < 7; ++failing) {
      SCOPED_TRACE(failing);
      fs::remove(file());
      if (empty) Store("");
      FailingCalls calls;
      calls.FailCall(failing, ENOSPC);
      (void)HashKey(dir(), calls);
      const auto key = HashKey(dir());
      ASSERT_TRUE(key.has_value()) << key.error().message;
      EXPECT_TRUE(IsStored(*key));
    }
  }
}

TEST_F(HashKeyTest, EmptyOneOfAnEarlierVersionIsReplaced) {
  Store("");
  EXPECT_TRUE(TryHashKey(dir()).has_value());
  EXPECT_EQ(fs::file_size(file()), 0U);
  const auto key = HashKey(dir());
  ASSERT_TRUE(key.has_value());
  EXPECT_TRUE(IsStored(*key));
}

TEST_F(HashKeyTest, EmptyOneThatSomebodyElseReplacesIsLeftToHim) {
  Store("");
  const UniqueFd folder(::open(dir().c_str(), O_RDONLY | O_DIRECTORY));
  ASSERT_EQ(::flock(folder.get(), LOCK_EX), 0);
  const auto key = HashKey(dir());
  ASSERT_FALSE(key.has_value());
  EXPECT_THAT(key.error().message, HasSubstr("remove the file"));
  EXPECT_EQ(fs::file_size(file()), 0U);
}

TEST_F(HashKeyTest, OneOfAnotherSizeIsRefusedWithWhatToDo) {
  for (const size_t size : {1U, 15U, 17U, 40U}) {
    const std::string content(size, 'k');
    Store(content);
    for (const auto& error : {HashKey(dir()).error(), TryHashKey(dir()).error()}) {
      EXPECT_EQ(error.code, ErrorCode::kInvalidInput);
      EXPECT_THAT(error.message, HasSubstr("has " + std::to_string(size) + " bytes"));
      EXPECT_THAT(error.message, HasSubstr("restore it, or remove it"));
    }
    EXPECT_EQ(fs::file_size(file()), size);
  }
}

TEST_F(HashKeyTest, WhatIsNoFileIsRefused) {
  fs::create_symlink("/dev/urandom", file());
  EXPECT_THAT(HashKey(dir()).error().message, HasSubstr("is a character device"));
  fs::remove(file());
  fs::create_symlink(folder_.path() / "nowhere", file());
  EXPECT_THAT(HashKey(dir()).error().message, HasSubstr("leads nowhere"));
}

TEST_F(HashKeyTest, DaemonsThatStartTogetherHaveOneKey) {
  for (int round = 0; round < 20; ++round) {
    const std::set<Key> keys = StartTogether();
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_TRUE(IsStored(*keys.begin()));
    fs::remove(file());
  }
}

TEST_F(HashKeyTest, DaemonsThatReplaceAnEmptyOneTogetherHaveOneKey) {
  for (int round = 0; round < 20; ++round) {
    Store("");
    const std::set<Key> keys = StartTogether();
    ASSERT_EQ(keys.size(), 1U);
    EXPECT_TRUE(IsStored(*keys.begin()));
    fs::remove(file());
  }
}

TEST_F(HashKeyTest, WhatAKilledStartLeftBesideDoesNotMatter) {
  FailingCalls calls;
  calls.KillAtCall(2);  // before it is durable
  EXPECT_THROW((void)HashKey(dir(), calls), FailingCalls::Killed);
  EXPECT_FALSE(fs::is_empty(dir()));
  const auto key = HashKey(dir());
  ASSERT_TRUE(key.has_value());
  EXPECT_EQ(HashKey(dir()).value_or(Key{}), *key);
}

}  // namespace
}  // namespace stickyd
