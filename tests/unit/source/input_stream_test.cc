// SPDX-License-Identifier: Apache-2.0
// input_stream_test: finished files, plain and compressed, whole and damaged.
#include "stickyd/source/input_stream.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <functional>
#include <random>
#include <thread>
#include <vector>

#include "stickyd/base/fd.h"
#include "support/compress.h"
#include "support/memory_file_system.h"
#include "support/temp_dir.h"

namespace stickyd {
namespace {

constexpr const char* kPath = "/log/access.log";

struct Content {
  std::string bytes;
  std::optional<Error> error;
};

Content ReadAll(InputStream& stream, size_t piece) {
  Content content;
  std::vector<char> buffer(piece);
  for (;;) {
    auto count = stream.Read(buffer);
    if (!count) {
      content.error = count.error();
      return content;
    }
    if (*count == 0) return content;
    content.bytes.append(buffer.data(), *count);
  }
}

Content ContentOf(const std::string& bytes, size_t piece = 1 << 16,
                  size_t most_per_read = std::numeric_limits<size_t>::max()) {
  MemoryFileSystem files;
  files.Append(kPath, bytes);
  files.set_most_per_read(most_per_read);
  auto stream = InputStream::Open(files, kPath);
  if (!stream) return {"", stream.error()};
  return ReadAll(**stream, piece);
}

// Lines that do not compress to nothing.
std::string SomeText(size_t bytes) {
  std::mt19937 random(7);
  std::string text;
  while (text.size() < bytes) text += std::to_string(random()) + (random() % 8 == 0 ? "\n" : " ");
  return text;
}

struct Kind {
  const char* name;
  std::function<std::string(const std::string&)> compress;
};
void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.name; }

class CompressedTest : public testing::TestWithParam<Kind> {};

TEST_P(CompressedTest, WholeStreamComesBack) {
  const std::string text = SomeText(500'000);
  const std::string packed = GetParam().compress(text);
  ASSERT_LT(packed.size(), text.size());
  for (const size_t piece : {1000U, 65536U, 1'000'000U}) {
    const Content content = ContentOf(packed, piece);
    EXPECT_EQ(content.bytes, text);
    EXPECT_FALSE(content.error);
  }
}

TEST_P(CompressedTest, ShortReadsYieldTheSame) {
  const std::string text = SomeText(2000);
  const Content content = ContentOf(GetParam().compress(text), 7, 1);
  EXPECT_EQ(content.bytes, text);
  EXPECT_FALSE(content.error);
}

TEST_P(CompressedTest, StreamsOneAfterAnotherAreOne) {
  const auto& pack = GetParam().compress;
  const Content content = ContentOf(pack("one\n") + pack("") + pack("two\n"));
  EXPECT_EQ(content.bytes, "one\ntwo\n");
  EXPECT_FALSE(content.error);
}

TEST_P(CompressedTest, NothingCompressedIsNothing) {
  const Content content = ContentOf(GetParam().compress(""));
  EXPECT_EQ(content.bytes, "");
  EXPECT_FALSE(content.error);
}

TEST_P(CompressedTest, CutAnywhereWhatCameBeforeIsGivenAndTheCutReported) {
  const std::string text = SomeText(400'000);  // zstd's blocks have 128 KiB
  const std::string packed = GetParam().compress(text);
  size_t most = 0;
  for (size_t cut = 6; cut < packed.size(); cut += cut < 50 ? 1 : packed.size() / 97) {
    const Content content = ContentOf(packed.substr(0, cut));
    ASSERT_TRUE(text.starts_with(content.bytes)) << cut;
    ASSERT_TRUE(content.error) << cut;
    EXPECT_THAT(content.error->message, testing::StartsWith(std::string(kPath) + ": "));
    most = std::max(most, content.bytes.size());
  }
  EXPECT_GT(most, text.size() / 2);
}

TEST_P(CompressedTest, FlippedBytesAreReportedOrChangeNothingBefore) {
  const std::string text = SomeText(1000);
  const std::string packed = GetParam().compress(text);
  size_t reported = 0;
  for (size_t at = 0; at < packed.size(); ++at) {
    std::string flipped = packed;
    flipped[at] = static_cast<char>(flipped[at] ^ 0x55);
    reported += ContentOf(flipped).error ? 1U : 0U;
  }
  EXPECT_GT(reported, packed.size() / 2);
}

TEST_P(CompressedTest, RubbishBehindIsReportedAfterWhatCameBefore) {
  const Content content = ContentOf(GetParam().compress("text\n") + "rubbish that goes on");
  EXPECT_EQ(content.bytes, "text\n");
  EXPECT_TRUE(content.error);
}

TEST_P(CompressedTest, ReadErrorComesAfterWhatWasRead) {
  MemoryFileSystem files;
  files.Append(kPath, GetParam().compress(SomeText(400'000)));
  auto stream = InputStream::Open(files, kPath);
  ASSERT_TRUE(stream);
  std::vector<char> buffer(100);
  ASSERT_TRUE((*stream)->Read(buffer));
  files.FailRead(kPath, ErrorCode::kIo);
  const Content content = ReadAll(**stream, 1000);
  EXPECT_GT(content.bytes.size(), 300U);
  ASSERT_TRUE(content.error);
  EXPECT_EQ(content.error->code, ErrorCode::kIo);
}

TEST_P(CompressedTest, ConsumedCountsTheBytesOfTheFile) {
  const std::string packed = GetParam().compress(SomeText(10'000));
  MemoryFileSystem files;
  files.Append(kPath, packed);
  auto stream = InputStream::Open(files, kPath);
  ASSERT_TRUE(stream);
  ReadAll(**stream, 1000);
  EXPECT_EQ((*stream)->consumed(), packed.size());
  EXPECT_TRUE((*stream)->compressed());
}

INSTANTIATE_TEST_SUITE_P(Kinds, CompressedTest,
                         testing::Values(Kind{"gzip", GzipOf}, Kind{"zstd", ZstdOf},
                                         Kind{"xz", XzOf}),
                         [](const auto& kind) { return kind.param.name; });

TEST(InputStreamTest, PlainFilesOfAllSmallSizesComeBack) {
  for (size_t size = 0; size < 20; ++size) {
    const std::string text = SomeText(100).substr(0, size);
    EXPECT_EQ(ContentOf(text).bytes, text);
    EXPECT_EQ(ContentOf(text, 1, 1).bytes, text);
    EXPECT_FALSE(ContentOf(text).error);
  }
}

TEST(InputStreamTest, LzmaIsRead) {
  const std::string text = SomeText(100'000);
  const Content content = ContentOf(LzmaOf(text), 1000);
  EXPECT_EQ(content.bytes, text);
  EXPECT_FALSE(content.error);
}

TEST(InputStreamTest, ZerosBehindGzipArePadding) {
  const Content content = ContentOf(GzipOf("text\n") + std::string(100'000, '\0'));
  EXPECT_EQ(content.bytes, "text\n");
  EXPECT_FALSE(content.error);
}

TEST(InputStreamTest, FileThatGrowsIsReadAsFarAsItWentWhenOpened) {
  MemoryFileSystem files;
  files.Append(kPath, "one\ntwo\n");
  auto stream = InputStream::Open(files, kPath);
  ASSERT_TRUE(stream);
  files.Append(kPath, "three\n");
  EXPECT_EQ(ReadAll(**stream, 3).bytes, "one\ntwo\n");
}

TEST(InputStreamTest, WhatCannotBeOpenedIsNamed) {
  MemoryFileSystem files;
  files.Append("/log/denied", "x");
  files.FailOpen("/log/denied", ErrorCode::kPermission);
  files.Append("/log/broken", "x");
  files.FailRead("/log/broken", ErrorCode::kIo);
  EXPECT_EQ(InputStream::Open(files, "/log/denied").error().code, ErrorCode::kPermission);
  EXPECT_EQ(InputStream::Open(files, "/log/broken").error().code, ErrorCode::kIo);
  EXPECT_EQ(InputStream::Open(files, "/log/missing").error().code, ErrorCode::kNotFound);
  EXPECT_EQ(InputStream::Open(files, "/log").error().code, ErrorCode::kNotAFile);
}

TEST(InputStreamTest, PlainFileSaysHowFarItWasRead) {
  MemoryFileSystem files;
  files.Append(kPath, SomeText(2000).substr(0, 2000));
  const auto stream = *InputStream::Open(files, kPath);
  EXPECT_FALSE(stream->compressed());
  EXPECT_EQ(stream->consumed(), 0U);
  std::array<char, 100> buffer{};
  for (uint64_t i = 1; i <= 5; ++i) {
    EXPECT_EQ(*stream->Read(buffer), 100U);
    EXPECT_EQ(stream->consumed(), 100 * i);
  }
  ReadAll(*stream, 700);
  EXPECT_EQ(stream->consumed(), 2000U);
}

TEST(InputStreamTest, TextThatBeginsLikeLzmaIsText) {
  for (const std::string& text : {std::string("]\0\0 and so on, a text", 22),
                                  std::string("]\0\0\0\x04\1\1\1\1\1\1\1\1 text", 18)}) {
    EXPECT_EQ(ContentOf(text).bytes, text);
    EXPECT_FALSE(ContentOf(text).error);
  }
}

TEST(InputStreamTest, FileOfTheKernelIsReadThoughItHasNoSize) {
  const auto stream = InputStream::Open(RealFileSystem(), "/proc/self/status");
  ASSERT_TRUE(stream.has_value());
  EXPECT_GT(ReadAll(**stream, 4096).bytes.size(), 600U);
  const auto null = InputStream::Open(RealFileSystem(), "/dev/null");
  ASSERT_TRUE(null.has_value());
  EXPECT_EQ(ReadAll(**null, 4096).bytes, "");
}

// --- Pipes.

class PipeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(::mkfifo(path_.c_str(), 0600), 0);
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    stop_ = UniqueFd(ends[0]);
    stopper_ = UniqueFd(ends[1]);
  }
  const TempDir folder_;
  const std::string path_ = folder_.path() / "fifo";
  UniqueFd stop_, stopper_;
};

TEST_F(PipeTest, WriterIsWaitedForUntilItCloses) {
  const std::string text = SomeText(300'000);
  std::jthread writer([&] {
    const UniqueFd out(::open(path_.c_str(), O_WRONLY));
    for (size_t at = 0; at < text.size();) {
      const ssize_t count =
          ::write(out.get(), text.data() + at, std::min<size_t>(text.size() - at, 997));
      if (count <= 0) return;
      at += static_cast<size_t>(count);
    }
  });
  const auto stream = InputStream::Open(RealFileSystem(), path_, stop_.get());
  ASSERT_TRUE(stream.has_value());
  EXPECT_EQ(ReadAll(**stream, 1000).bytes, text);
}

TEST_F(PipeTest, WhoIsToldToStopWaitsForNobody) {
  const UniqueFd writer(::open(path_.c_str(), O_RDWR));
  ASSERT_EQ(::write(writer.get(), "text\n", 5), 5);
  ASSERT_EQ(::write(stopper_.get(), "x", 1), 1);
  const auto stream = InputStream::Open(RealFileSystem(), path_, stop_.get());
  ASSERT_TRUE(stream.has_value());
  const Content content = ReadAll(**stream, 1000);
  EXPECT_EQ(content.bytes, "");
  EXPECT_FALSE(content.error);
}

}  // namespace
}  // namespace stickyd
