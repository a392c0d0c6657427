// SPDX-License-Identifier: Apache-2.0
// reversed_stream_test: the lines of a file from the last one to the first.
#include "stickyd/source/reversed_stream.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "support/memory_file_system.h"

namespace stickyd {
namespace {

struct Reversed {
  std::string text;
  uint64_t lines = 0;
};

Reversed ReversedOf(const std::string& text, size_t piece) {
  MemoryFileSystem files;
  files.Append("log", text);
  auto stream = ReversedStream::Open(files, "log");
  EXPECT_TRUE(stream);
  Reversed reversed;
  reversed.lines = (*stream)->CountLines().value_or(UINT64_MAX);
  std::vector<char> buffer(piece);
  for (;;) {
    const auto count = (*stream)->Read(buffer);
    EXPECT_TRUE(count);
    if (!count || *count == 0) break;
    reversed.text.append(buffer.data(), *count);
  }
  EXPECT_EQ((*stream)->consumed(), text.size());
  return reversed;
}

Reversed Plainly(const std::string& text) {
  std::vector<std::string> lines;
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    lines.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  Reversed reversed;
  reversed.lines = lines.size();
  std::for_each(lines.rbegin(), lines.rend(),
                [&](const auto& line) { reversed.text += line + "\n"; });
  return reversed;
}

void ExpectReversed(const std::string& text, size_t piece) {
  const Reversed plainly = Plainly(text);
  const Reversed reversed = ReversedOf(text, piece);
  EXPECT_EQ(reversed.lines, plainly.lines);
  EXPECT_TRUE(reversed.text == plainly.text) << text.size() << " bytes in pieces of " << piece;
}

TEST(ReversedStreamTest, SmallFilesOfAllShapes) {
  for (const char* text :
       {"", "\n", "a", "a\n", "\na", "a\nb", "a\nb\n", "\n\n", "a\n\nb\n", "\n\na\n\n"}) {
    for (const size_t piece : {1U, 2U, 100U}) ExpectReversed(text, piece);
  }
}

TEST(ReversedStreamTest, LinesOfAllLengthsAcrossBlocks) {
  std::mt19937 random(1);
  for (const size_t most :
       {size_t{100}, size_t{5000}, 2 * ReversedStream::kBlock, 5 * ReversedStream::kBlock}) {
    std::string text;
    while (text.size() < 3 * most + 3 * ReversedStream::kBlock) {
      text += std::string(random() % most, static_cast<char>('a' + random() % 26)) + "\n";
    }
    ExpectReversed(text, 10'007);
    text.pop_back();
    ExpectReversed(text, 1'000'000);
  }
}

TEST(ReversedStreamTest, LineFeedsAtTheEdgesOfBlocks) {
  for (size_t off = 0; off < 3; ++off) {
    const std::string line(ReversedStream::kBlock - off, 'x');
    ExpectReversed("a\n" + line + "\n" + line + "\nb\n", 65'536);
  }
}

TEST(ReversedStreamTest, FileThatBecameShorterSaysSo) {
  MemoryFileSystem files;
  files.Append("log", std::string(1000, 'x') + "\n");
  auto stream = ReversedStream::Open(files, "log");
  ASSERT_TRUE(stream);
  files.Truncate("log");
  EXPECT_FALSE((*stream)->CountLines());
  std::vector<char> buffer(100);
  EXPECT_FALSE((*stream)->Read(buffer));
}

}  // namespace
}  // namespace stickyd
