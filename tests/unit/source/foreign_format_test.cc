// SPDX-License-Identifier: Apache-2.0
// foreign_format_test: what is no log is refused by name, with the command that makes one of it.
#include "../../../src/source/foreign_format.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/source/input_stream.h"
#include "support/compress.h"
#include "support/log_text.h"
#include "support/memory_file_system.h"

namespace stickyd {
namespace {

using namespace std::string_literals;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string ProblemWith(const std::string& bytes, const std::string& path = "/log/a") {
  MemoryFileSystem files;
  files.Append(path, bytes);
  const auto stream = InputStream::Open(files, path);
  return stream ? "" : stream.error().message;
}

std::string InTwoBytes(const std::string& text, size_t zero_at) {
  std::string wide;
  for (const char c : text) {
    wide += c;
    wide.insert(wide.size() - (zero_at == 0 ? 1 : 0), 1, '\0');
  }
  return wide;
}

// An archive as tar makes it; `magic`: as POSIX wants it, or none, as before POSIX.
std::string TarOf(const std::string& text, const std::string& magic) {
  std::string block(512, '\0');
  block.replace(0, 10, "access.log");
  block.replace(100, 7, "0000644");
  block.replace(124, 11, fmt::format("{:011o}", text.size()));
  block.replace(148, 8, "        ");
  block.replace(257, magic.size(), magic);
  unsigned sum = 0;
  for (const char c : block) sum += static_cast<unsigned char>(c);
  block.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
  return block + text + std::string(1024, '\0');
}

TEST(ForeignFormatTest, ArchivesAreNamedWithTheirCommand) {
  EXPECT_EQ(ProblemWith("BZh91AY&SY and so on"),
            "/log/a: is compressed by bzip2; type: bunzip2 -c /log/a | stickyd analyze -");
  EXPECT_THAT(ProblemWith("PK\x03\x04 and so on"), HasSubstr("unzip -p /log/a |"));
  EXPECT_THAT(ProblemWith("7z\xBC\xAF\x27\x1C and so on"), HasSubstr("7z x -so /log/a |"));
  EXPECT_THAT(ProblemWith("\x04\x22\x4D\x18 and so on"), HasSubstr("lz4 -dc /log/a |"));
  EXPECT_THAT(ProblemWith("LPKSHHRH and so on"), HasSubstr("journalctl --file /log/a "));
}

TEST(ForeignFormatTest, TarIsNamedHoweverItIsCompressed) {
  for (const std::string& magic : {"ustar\0"s, "ustar  \0"s, ""s}) {
    const std::string tar = TarOf(ClfLine(0, 1, 1), magic);
    for (const std::string& bytes : {tar, GzipOf(tar), ZstdOf(tar), XzOf(tar)}) {
      EXPECT_EQ(ProblemWith(bytes),
                "/log/a: is a tar archive; type: tar -xOf /log/a | stickyd analyze -");
    }
  }
}

TEST(ForeignFormatTest, WideTextIsNamedWithAndWithoutItsMark) {
  const std::string line = ClfLine(0, 1, 1);
  const std::string little = InTwoBytes(line, 1);
  const std::string big = InTwoBytes(line, 0);
  EXPECT_THAT(ProblemWith("\xFF\xFE" + little), HasSubstr("iconv -f UTF-16 -t utf-8 /log/a |"));
  EXPECT_THAT(ProblemWith("\xFE\xFF" + big), HasSubstr("iconv -f UTF-16 "));
  EXPECT_THAT(ProblemWith(little), HasSubstr("iconv -f UTF-16LE "));
  EXPECT_THAT(ProblemWith(big), HasSubstr("iconv -f UTF-16BE "));
  EXPECT_THAT(ProblemWith("\xFF\xFE\0\0"s + line), HasSubstr("iconv -f UTF-32 "));
}

TEST(ForeignFormatTest, LogsAreNone) {
  EXPECT_EQ(ProblemWith(""), "");
  EXPECT_EQ(ProblemWith(ClfLine(0, 1, 1)), "");
  EXPECT_EQ(ProblemWith("\xEF\xBB\xBF" + ClfLine(0, 1, 1)), "");
  EXPECT_EQ(ProblemWith(std::string(2000, '\0')), "");
  EXPECT_EQ(ProblemWith(std::string(511, 'x') + "\n"), "");
  EXPECT_EQ(ProblemWith(GzipOf(ClfLine(0, 1, 1))), "");
}

TEST(ForeignFormatTest, TarIsToldByItsNameOrByItsChecksum) {
  const auto is_tar = [](const std::string& head) {
    return ForeignContent("a", head).find("tar archive") != std::string::npos;
  };
  const std::string old = TarOf("text", "");
  std::string named(512, 'x');
  named.replace(257, 5, "ustar");
  EXPECT_TRUE(is_tar(named)) << "whatever its checksum is";
  EXPECT_FALSE(is_tar(named.substr(0, 511))) << "that is no block";
  for (const size_t at : {256U, 258U}) {
    std::string elsewhere(512, 'x');
    elsewhere.replace(at, 5, "ustar");
    EXPECT_FALSE(is_tar(elsewhere)) << at;
  }
  EXPECT_TRUE(is_tar(old));
  for (const size_t at : {0U, 147U, 156U, 511U}) {
    std::string changed = old;
    ++changed[at];
    EXPECT_FALSE(is_tar(changed)) << "the checksum covers byte " << at;
  }
  std::string blanks = old;
  blanks.replace(148, 8, "  " + old.substr(148, 6));
  EXPECT_FALSE(is_tar(blanks)) << "nothing ends the number";
  blanks.replace(148, 8, " " + old.substr(148, 6) + " ");
  EXPECT_TRUE(is_tar(blanks));
}

TEST(ForeignFormatTest, WideTextIsToldBySixteenBytes) {
  const std::string wide = InTwoBytes("eight ch", 1);
  ASSERT_EQ(wide.size(), 16U);
  EXPECT_THAT(ForeignContent("a", wide), HasSubstr("text in UTF-16LE"));
  EXPECT_EQ(ForeignContent("a", wide.substr(0, 15)), "");
  std::string odd = wide;
  odd[15] = 'x';
  EXPECT_EQ(ForeignContent("a", odd), "") << "seven of eight";
  odd = wide;
  odd[0] = '\0';
  EXPECT_EQ(ForeignContent("a", odd), "");
  EXPECT_THAT(ForeignContent("a", InTwoBytes("eight ch", 0)), HasSubstr("text in UTF-16BE"));
  EXPECT_THAT(ForeignContent("a", "\0\0\xFE\xFF"s), HasSubstr("text in UTF-32"));
  EXPECT_THAT(ForeignFormat("a", "Rar!\x1A\x07"), HasSubstr("unrar p -inul a |"));
  EXPECT_THAT(ForeignFormat("a", "PK\x05\x06"), HasSubstr("is a zip archive, and empty"));
}

TEST(ForeignFormatTest, CommandsAreQuotedForAShell) {
  EXPECT_THAT(ProblemWith("BZh9", "/log/it's a log"),
              HasSubstr("bunzip2 -c '/log/it'\\''s a log' |"));
}

TEST(ForeignFormatTest, WhatComesThroughAPipeIsUnpackedInThePipe) {
  EXPECT_EQ(ForeignFormat("-", "BZh9"),
            "standard input is compressed by bzip2; type: ... | bunzip2 -c - | stickyd analyze -");
  EXPECT_EQ(ForeignFormat("-", "PK\x03\x04"), "standard input is a zip archive: unpack it");
}

}  // namespace
}  // namespace stickyd
