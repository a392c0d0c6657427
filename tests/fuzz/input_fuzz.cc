// SPDX-License-Identifier: Apache-2.0
// input_fuzz: the bytes of a file, plain or compressed, to lines. They are the same in pieces of
// another size, and those that a plain search for line feeds finds.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz_input.h"
#include "stickyd/source/input_stream.h"
#include "stickyd/source/line_splitter.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

constexpr size_t kMostLineBytes = 64;
constexpr size_t kMostBytes = size_t{1} << 20U;  // of what a small file may unpack to

struct Contents {
  std::string bytes;
  std::vector<std::string> lines;
  bool damaged = false;
  bool operator==(const Contents&) const = default;
};

Contents Read(std::string_view file, size_t piece) {
  MemoryFileSystem files;
  files.Append("/log", file);
  files.set_most_per_read(piece);
  Contents contents;
  LineSplitter splitter(kMostLineBytes);
  const auto stream = InputStream::Open(files, "/log");
  Must(stream.has_value(), "a regular file can be opened");
  Line line;
  while (contents.bytes.size() < kMostBytes) {
    const auto room = splitter.Room();
    const auto count = (*stream)->Read(room.first(std::min(room.size(), piece)));
    contents.damaged = !count.has_value();
    if (!count || *count == 0) break;
    contents.bytes.append(room.data(), *count);
    splitter.Commit(*count);
    while (splitter.Next(line)) contents.lines.emplace_back(line.text);
  }
  if (splitter.Rest(line)) contents.lines.emplace_back(line.text);
  return contents;
}

std::vector<std::string> LinesOf(std::string_view bytes) {
  std::vector<std::string> lines;
  while (!bytes.empty()) lines.emplace_back(TakePart(bytes).substr(0, kMostLineBytes));
  return lines;
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  const std::string_view file = AsText(data, size);
  Contents whole;
  const uint64_t steps = WorkOf([&] { whole = Read(file, SIZE_MAX); });
  MustCost(steps, {50'000, 100}, size + whole.bytes.size());
  Must(whole.lines == LinesOf(whole.bytes), "the same lines as by hand");
  if (whole.bytes.size() >= kMostBytes) return 0;
  const Contents pieces = Read(file, 7);
  Must(pieces.damaged == whole.damaged, "damage is found");
  // Of what is damaged, libraries give more or less.
  Must(whole.damaged || pieces == whole, "pieces do not matter");
  Must(pieces.bytes.starts_with(whole.bytes) || whole.bytes.starts_with(pieces.bytes),
       "no other bytes");
  return 0;
}
