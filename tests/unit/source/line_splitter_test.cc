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

}  // namespace
}  // namespace stickyd
