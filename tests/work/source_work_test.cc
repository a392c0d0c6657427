// SPDX-License-Identifier: Apache-2.0
// source_work_test: bytes to lines, plain and compressed, in pieces of any size.
#include <algorithm>
#include <cstring>

#include "stickyd/source/input_stream.h"
#include "stickyd/source/line_splitter.h"
#include "stickyd/source/log_name.h"
#include "support/compress.h"
#include "support/memory_file_system.h"
#include "work.h"

namespace stickyd {
namespace {

Cost CostOfSplitting(const std::string& text, size_t piece, size_t most) {
  LineSplitter splitter(most);
  const uint64_t steps = WorkOf([&] {
    Line line;
    for (size_t at = 0; at < text.size();) {
      const auto room = splitter.Room();
      const size_t count = std::min({piece, room.size(), text.size() - at});
      std::memcpy(room.data(), text.data() + at, count);
      splitter.Commit(count);
      at += count;
      while (splitter.Next(line)) {
      }
    }
    splitter.Rest(line);
  });
  return {steps, text.size()};
}

TEST(SourceWorkTest, LinesCostTheirBytesInPiecesOfAnySize) {
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{4096}, SIZE_MAX}) {
    for (const size_t most : {size_t{64}, size_t{1} << 20U}) {
      for (const std::string& unit : {std::string("a"), std::string("\n"), std::string("ab\n"),
                                      std::string(100'000, 'a') + "\n"}) {
        ExpectLinear(
            "pieces of " + std::to_string(piece), 60,
            [&](size_t size) { return CostOfSplitting(Filled(unit, size), piece, most); },
            piece < 4096 ? Sizes{} : Sizes{size_t{512} * 1024, size_t{4096} * 1024});
      }
    }
  }
}

// A line that is not finished while others come and go before it.
TEST(SourceWorkTest, ALineThatStaysUnfinishedIsNotMovedForEveryOneBeforeIt) {
  ExpectLinear("long lines that end in pieces", 10,
               [&](size_t size) {
                 return CostOfSplitting(Filled("b\n" + std::string(150'000, 'a') + "\n", size),
                                        3000, 1U << 20U);
               },
               {size_t{1} << 20U, size_t{8} << 20U});
}

Cost CostOfReading(const std::string& file) {
  MemoryFileSystem files;
  files.Append("/log", file);
  size_t given = 0;
  const uint64_t steps = WorkOf([&] {
    const auto stream = InputStream::Open(files, "/log");
    std::vector<char> buffer(4096);
    for (;;) {
      const auto count = (*stream)->Read(buffer);
      if (!count || *count == 0) break;
      given += *count;
    }
  });
  return {steps, file.size() + given};
}

TEST(SourceWorkTest, CompressedFilesCostWhatGoesInAndWhatComesOut) {
  const std::string empty_member = GzipOf("");
  const std::string member = GzipOf("a\n");
  const std::string frame = ZstdOf("a\n");
  const std::string stream = XzOf("a\n");
  const struct {
    const char* name;
    std::string unit;
  } kRows[] = {{"members of gzip", member},
               {"empty members", empty_member},
               {"padding", member + std::string(50, '\0')},
               {"frames of zstd", frame},
               {"streams of xz", stream}};
  for (const auto& row : kRows) {
    ExpectLinear(row.name, 20, [&](size_t size) { return CostOfReading(Filled(row.unit, size)); });
  }
  ExpectLinear("zeros", 20,
               [&](size_t size) { return CostOfReading(GzipOf(std::string(20 * size, '\0'))); });
}

// Names are as long as a path.
TEST(SourceWorkTest, NamesOfLogsCostTheirLength) {
  for (const char* piece : {"-", "0", "-2026", "-20260417", ".1", "/", ".gz", "-a"}) {
    ExpectLinear(piece, 40, [&](size_t size) {
      const std::string name = "/a" + Filled(piece, size);
      return Cost{WorkOf([&] { ParseLogName(name); }), size};
    });
  }
}

}  // namespace
}  // namespace stickyd
