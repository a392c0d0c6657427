// SPDX-License-Identifier: Apache-2.0
// read_ahead_test: threads that read give the same lines, in the same order, as one that reads.
#include "../../../src/feed/read_ahead.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "../../../src/feed/line_reader.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

constexpr size_t kMostBytes = 5000;

// A text in pieces, and what comes at its end.
class Pieces : public InputStream {
 public:
  Pieces(std::string text, size_t most, bool fails)
      : text_(std::move(text)), most_(most), fails_(fails) {}
  Result<size_t> Read(std::span<char> buffer) override {
    const size_t size = std::min({most_, buffer.size(), text_.size() - at_});
    if (size == 0 && fails_) return Fail(ErrorCode::kIo, "the disk is gone");
    text_.copy(buffer.data(), size, at_);
    at_ += size;
    return size;
  }
  uint64_t consumed() const override { return at_; }
  bool compressed() const override { return false; }

 private:
  const std::string text_;
  const size_t most_;
  const bool fails_;
  size_t at_ = 0;
};

struct Said {
  std::string text, end, path;
  uint64_t number = 0;
  bool too_long = false, terminated = false, after_gap = false, plain = false;
  friend bool operator==(const Said&, const Said&) = default;
};

std::vector<Said> All(LineReader& reader) {
  std::vector<Said> all;
  for (auto lines = reader.Next(); !lines.empty(); lines = reader.Next()) {
    for (const ParsedLine& parsed : lines) {
      const Line& line = parsed.line;
      const Text path = parsed.plain ? parsed.record.path : Text();
      all.push_back({std::string(line.text), std::string(line.end), std::string(path.value_or("")),
                     line.number, line.too_long, line.terminated, line.after_gap, parsed.plain});
    }
  }
  EXPECT_TRUE(reader.Next().empty()) << "the end stays";
  return all;
}

// Lines of all kinds: plain ones, empty ones, long ones, and ones that are too long.
std::string MakeText(uint32_t seed, size_t lines) {
  std::mt19937 random(seed);
  std::string text;
  for (size_t i = 0; i < lines; ++i) {
    switch (random() % 8) {
      case 0:
        text += std::string(random() % 3000, 'x') + "\n";
        break;
      case 1:
        text += std::string(random() % (3 * kMostBytes), 'y') + "\n";
        break;
      case 2:
        text += "\n";
        break;
      default:
        text += ClfLine(static_cast<int>(i), 1, 1);
    }
  }
  return text + "the last one has no line feed";
}

class ReadAheadTest : public testing::TestWithParam<size_t> {};

TEST_P(ReadAheadTest, LinesAreThoseOfOneThread) {
  for (uint32_t seed = 1; seed <= 12; ++seed) {
    const std::string text = MakeText(seed, seed * 300);
    InlineReader one(std::make_unique<Pieces>(text, 70'000, false), kMostBytes, {});
    const auto want = All(one);
    EXPECT_GT(want.size(), seed * 200);
    ReadAhead several(std::make_unique<Pieces>(text, 1 + seed * 977, false), kMostBytes, {},
                      GetParam());
    EXPECT_EQ(All(several), want) << seed;
    EXPECT_TRUE(several.status());
    EXPECT_EQ(several.consumed(), text.size());
    EXPECT_EQ(several.bytes_read(), text.size());
  }
}

TEST_P(ReadAheadTest, WhatCouldBeReadComesBeforeTheFailure) {
  const std::string text = MakeText(3, 2000);
  InlineReader one(std::make_unique<Pieces>(text, 70'000, true), kMostBytes, {});
  ReadAhead several(std::make_unique<Pieces>(text, 4096, true), kMostBytes, {}, GetParam());
  EXPECT_EQ(All(several), All(one));
  for (const LineReader* reader :
       {static_cast<LineReader*>(&one), static_cast<LineReader*>(&several)}) {
    ASSERT_FALSE(reader->status());
    EXPECT_EQ(reader->status().error().message, "the disk is gone");
  }
}

TEST_P(ReadAheadTest, NothingToReadIsTheEnd) {
  ReadAhead reader(std::make_unique<Pieces>("", 1, false), kMostBytes, {}, GetParam());
  EXPECT_TRUE(All(reader).empty());
}

TEST_P(ReadAheadTest, ItCanBeLeftAtAnyTime) {
  const std::string text = MakeText(5, 20'000);
  for (const size_t blocks : {0U, 1U, 3U, 9U}) {
    ReadAhead reader(std::make_unique<Pieces>(text, 8192, false), kMostBytes, {}, GetParam());
    for (size_t i = 0; i < blocks; ++i) EXPECT_FALSE(reader.Next().empty());
    EXPECT_LE(reader.bytes_read(),
              (blocks + reader.blocks() + 1) * ReadAhead::kBlockBytes + LineSplitter::kChunk)
        << "it reads no further than its blocks";
  }
}

TEST(ReadAheadTest, ALineLongerThanABlockComesWhole) {
  const std::string large(3 * ReadAhead::kBlockBytes, 'z');
  ReadAhead reader(std::make_unique<Pieces>("a\n" + large + "\nb\n", 65'536, false),
                   4 * ReadAhead::kBlockBytes, {}, 2);
  const auto all = All(reader);
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[1].text, large);
  EXPECT_EQ(all[2].text, "b");
}

INSTANTIATE_TEST_SUITE_P(Workers, ReadAheadTest, testing::Values(1, 2, 3, 20));

}  // namespace
}  // namespace stickyd
