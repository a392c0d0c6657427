// SPDX-License-Identifier: Apache-2.0
#include "stickyd/source/line_splitter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace stickyd {
namespace {

struct Seen {
  std::string text;
  uint64_t number;
  bool too_long, terminated;
  friend bool operator==(const Seen&, const Seen&) = default;
};

// The stream in pieces that end at `cuts`.
std::vector<Seen> Split(std::string_view bytes, const std::vector<size_t>& cuts, size_t max = 10) {
  LineSplitter splitter(max);
  std::vector<Seen> seen;
  Line line;
  size_t at = 0;
  for (size_t i = 0; i <= cuts.size(); ++i) {
    const size_t end = i < cuts.size() ? cuts[i] : bytes.size();
    auto room = splitter.Room();
    std::memcpy(room.data(), bytes.data() + at, end - at);
    splitter.Commit(end - at);
    at = end;
    while (splitter.Next(line)) {
      seen.push_back({std::string(line.text), line.number, line.too_long, line.terminated});
    }
  }
  if (splitter.Rest(line)) {
    seen.push_back({std::string(line.text), line.number, line.too_long, line.terminated});
  }
  return seen;
}

// Puts `bytes` in, as one chunk.
void Feed(LineSplitter& splitter, std::string_view bytes) {
  std::memcpy(splitter.Room().data(), bytes.data(), bytes.size());
  splitter.Commit(bytes.size());
}

constexpr std::string_view kStream = "one\n\ntwo\r\n0123456789\n0123456789abcdef\nlast";

TEST(LineSplitterTest, LinesNumbersAndTheLastWithoutLineFeed) {
  const auto seen = Split(kStream, {});
  ASSERT_EQ(seen.size(), 6U);
  EXPECT_EQ(seen[0], (Seen{"one", 1, false, true}));
  EXPECT_EQ(seen[1].text, "");
  EXPECT_EQ(seen[3], (Seen{"0123456789", 4, false, true}));
  EXPECT_TRUE(seen[4].too_long);
  EXPECT_EQ(seen[5], (Seen{"last", 6, false, false}));
}

TEST(LineSplitterTest, EveryTwoSplitPointsYieldTheSameLines) {
  auto whole = Split(kStream, {});
  for (Seen& seen : whole) seen.text = seen.too_long ? "" : seen.text;
  for (size_t a = 0; a <= kStream.size(); ++a) {
    for (size_t b = a; b <= kStream.size(); ++b) {
      auto pieces = Split(kStream, {a, b});
      for (Seen& seen : pieces) seen.text = seen.too_long ? "" : seen.text;
      ASSERT_EQ(pieces, whole) << a << " " << b;
    }
  }
}

// Between its beginning and its end a line that is too long is thrown away, wherever chunks end.
TEST(LineSplitterTest, OfALineThatIsTooLongBeginningAndEndAreKnown) {
  std::string text;
  while (text.size() < 3 * kLineEnd) text += std::to_string(text.size());
  for (const size_t length : {size_t{11}, size_t{100}, kLineEnd, kLineEnd + 9, 3 * kLineEnd}) {
    const std::string wanted = text.substr(0, length);
    for (size_t cut = 1; cut < length; cut += length < 200 ? 1 : 191) {
      LineSplitter splitter(10);
      Line line;
      Feed(splitter, wanted.substr(0, cut));
      ASSERT_FALSE(splitter.Next(line));
      Feed(splitter, wanted.substr(cut) + "\nnext\n");
      ASSERT_TRUE(splitter.Next(line)) << length << " " << cut;
      EXPECT_TRUE(line.too_long && line.terminated);
      EXPECT_EQ(line.text, wanted.substr(0, 10));
      EXPECT_EQ(line.end, wanted.substr(length - std::min(length, kLineEnd)));
      ASSERT_TRUE(splitter.Next(line));
      EXPECT_EQ(line.text, "next");
      EXPECT_EQ(line.end, "");
    }
  }
}

TEST(LineSplitterTest, MemoryIsBoundedHoweverLongTheLine) {
  LineSplitter splitter(100);
  for (int i = 0; i < 1000; ++i) {
    auto room = splitter.Room();
    ASSERT_LE(room.size(), 4 * LineSplitter::kChunk);
    std::fill(room.begin(), room.end(), 'x');
    splitter.Commit(room.size());
    Line line;
    while (splitter.Next(line)) {
    }
    ASSERT_LE(splitter.pending_bytes(), 4 * LineSplitter::kChunk);
  }
}

std::vector<std::string> Take(LineSplitter& splitter) {
  std::vector<std::string> texts;
  for (Line line; splitter.Next(line);) texts.emplace_back(line.text);
  return texts;
}

TEST(LineSplitterTest, DroppingThePartialLineKeepsLinesThatWereNotTakenYet) {
  LineSplitter splitter(100);
  Line line;
  Feed(splitter, "one\ntwo\nthree\nfou");
  ASSERT_TRUE(splitter.Next(line));
  splitter.DropPartial();
  EXPECT_EQ(line.text, "one");  // still there to be read
  Feed(splitter, "new\n");
  EXPECT_EQ(Take(splitter), (std::vector<std::string>{"two", "three", "new"}));
  EXPECT_EQ(splitter.lines(), 4U);
}

TEST(LineSplitterTest, DroppingThePartialLineAfterItWasLookedAtStartsAFreshOne) {
  LineSplitter splitter(100);
  Feed(splitter, "par");
  EXPECT_TRUE(Take(splitter).empty());
  splitter.DropPartial();
  Feed(splitter, "a\n");
  EXPECT_EQ(Take(splitter), std::vector<std::string>{"a"});
}

TEST(LineSplitterTest, TruncationInsideALineThatIsThrownAwayEndsIt) {
  LineSplitter splitter(10);
  splitter.SkipToLineFeed();
  Feed(splitter, "tail of an old line");
  EXPECT_TRUE(Take(splitter).empty());
  splitter.DropPartial();
  Feed(splitter, "new\n");
  EXPECT_EQ(Take(splitter), std::vector<std::string>{"new"});
}

TEST(LineSplitterTest, TruncationAfterTheEndOfALineThatIsThrownAwayKeepsWhatFollowed) {
  LineSplitter splitter(10);
  splitter.SkipToLineFeed();
  Feed(splitter, "tail\nwhole\npart");
  splitter.DropPartial();
  Feed(splitter, "new\n");
  EXPECT_EQ(Take(splitter), (std::vector<std::string>{"whole", "new"}));
}

TEST(LineSplitterTest, BytesThatAreNoTextComeOutAsTheyWent) {
  using namespace std::string_view_literals;
  const auto seen = Split("\0\0\n\r\n\xff\xfe\x80\n\xc3\n"sv, {});
  ASSERT_EQ(seen.size(), 4U);
  EXPECT_EQ(seen[0].text, "\0\0"sv);
  EXPECT_EQ(seen[1].text, "\r");
  EXPECT_EQ(seen[2].text, "\xff\xfe\x80");
  EXPECT_EQ(seen[3].text, "\xc3");
}

TEST(LineSplitterTest, TheFirstLineAndTheOneBehindATruncationFollowAGap) {
  LineSplitter splitter(1000);
  const auto gaps = [&] {
    std::string marks;
    for (Line line; splitter.Next(line);) marks += line.after_gap ? 'g' : '.';
    return marks;
  };
  Feed(splitter, "one\ntwo\nthree\npart");
  EXPECT_EQ(gaps(), "g..");
  splitter.DropPartial();
  Feed(splitter, "new\nnewer\n");
  EXPECT_EQ(gaps(), "g.");
  Feed(splitter, "four\nfive\n");
  splitter.DropPartial();
  Feed(splitter, "six\nseven\n");
  EXPECT_EQ(gaps(), "..g.");
  Feed(splitter, std::string(LineSplitter::kChunk, 'x') + "\n");
  EXPECT_EQ(gaps(), ".");
}

}  // namespace
}  // namespace stickyd
