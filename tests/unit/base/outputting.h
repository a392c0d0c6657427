// SPDX-License-Identifier: Apache-2.0
// outputting.h: the fixture of the tests of output files: lines, and readers that read when told
// to.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include "stickyd/base/output_file.h"
#include "support/temp_dir.h"

namespace stickyd {

// A line of so many bytes; no two are alike.
inline std::string Line(int number, size_t bytes = 100) {
  std::string line = "line " + std::to_string(number) + " ";
  line.resize(bytes - 1, '.');
  return line + "\n";
}

inline std::string Lines(int from, int to, size_t bytes = 100) {
  std::string lines;
  for (int i = from; i < to; ++i) lines += Line(i, bytes);
  return lines;
}

class Outputting : public testing::Test {
 protected:
  Outputting() : pipe_handler_(std::signal(SIGPIPE, SIG_IGN)) {}
  ~Outputting() override { std::signal(SIGPIPE, pipe_handler_); }

  std::string path() const { return folder_.path() / "out"; }
  std::string Content() const {
    std::ifstream in(path());
    return {std::istreambuf_iterator<char>(in), {}};
  }
  OutputFile Open(WhenFull when_full = WhenFull::kDrop, OpenMode mode = OpenMode::kAppend) const {
    auto file = OutputFile::Open(path(), mode, when_full);
    EXPECT_TRUE(file.has_value()) << file.error().message;
    return std::move(*file);
  }
  // As if this were the program's standard output.
  static OutputFile OpenAsOutput(const UniqueFd& output, WhenFull when_full = WhenFull::kDrop) {
    std::fflush(stdout);
    const UniqueFd before(::dup(STDOUT_FILENO));
    ::dup2(output.get(), STDOUT_FILENO);
    auto file = OutputFile::Open("-", OpenMode::kAppend, when_full);
    ::dup2(before.get(), STDOUT_FILENO);
    EXPECT_TRUE(file.has_value());
    return std::move(*file);
  }
  void MakeFifo() const { ASSERT_EQ(::mkfifo(path().c_str(), 0600), 0); }
  // One that reads what is there when it is told to. As small as a pipe gets.
  UniqueFd OpenReader() const {
    UniqueFd reader(::open(path().c_str(), O_RDONLY | O_NONBLOCK));
    EXPECT_TRUE(reader);
    ::fcntl(reader.get(), F_SETPIPE_SZ, 4096);
    return reader;
  }
  static std::string Take(const UniqueFd& reader) {
    std::string text;
    std::array<char, 8192> buffer{};
    for (;;) {
      const ssize_t count = ::read(reader.get(), buffer.data(), buffer.size());
      if (count <= 0) return text;
      text.append(buffer.data(), static_cast<size_t>(count));
    }
  }
  // Reader and writer by turns, until all is through.
  static std::string TakeAll(OutputFile& file, const UniqueFd& reader) {
    std::string text;
    while (file.waiting() > 0) {
      const std::string more = Take(reader);
      if (more.empty() && !file.Flush()) return text + "(stuck)";
      text += more;
      (void)file.Flush();
    }
    return text + Take(reader);
  }
  static void ExpectLines(const OutputFile& file, uint64_t written, uint64_t failed,
                          uint64_t dropped) {
    EXPECT_EQ(file.lines().written, written);
    EXPECT_EQ(file.lines().failed, failed);
    EXPECT_EQ(file.lines().dropped, dropped);
  }

  const TempDir folder_;

 private:
  void (*pipe_handler_)(int);
};

}  // namespace stickyd
