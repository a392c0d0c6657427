// SPDX-License-Identifier: Apache-2.0
#include "foreign_format.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <numeric>

namespace stickyd {
namespace {

using namespace std::string_view_literals;

enum class Pipes : uint8_t { kNo, kYes };  // does the command read a pipe, as "-"?

struct Format {
  std::string_view magic;
  const char* what;
  const char* command;  // {}: the path
  Pipes pipes;
};

constexpr std::array kArchives = {
    Format{"BZh"sv, "is compressed by bzip2", "bunzip2 -c {}", Pipes::kYes},
    Format{"PK\x03\x04"sv, "is a zip archive", "unzip -p {}", Pipes::kNo},
    Format{"PK\x05\x06"sv, "is a zip archive, and empty", "unzip -p {}", Pipes::kNo},
    Format{"7z\xBC\xAF\x27\x1C"sv, "is a 7z archive", "7z x -so {}", Pipes::kNo},
    Format{"Rar!\x1A\x07"sv, "is a rar archive", "unrar p -inul {}", Pipes::kNo},
    Format{"\x04\x22\x4D\x18"sv, "is compressed by lz4", "lz4 -dc {}", Pipes::kYes},
    Format{"LPKSHHRH"sv, "is a file of systemd's journal", "journalctl --file {} -o cat --all",
           Pipes::kNo},
};

constexpr size_t kTarBlock = 512;
constexpr size_t kTarMagic = 257;
constexpr size_t kTarChecksum = 148;
constexpr size_t kTarChecksumBytes = 8;

// With the magic number of POSIX, or as old as that, by the checksum of its first block.
bool IsTar(std::string_view head) {
  if (head.size() < kTarBlock) return false;
  if (head.substr(kTarMagic, 5) == "ustar") return true;
  if (head.front() == '\0') return false;  // no name
  std::string_view field = head.substr(kTarChecksum, kTarChecksumBytes);
  field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
  uint32_t said = 0;
  const auto end = std::from_chars(field.data(), field.data() + field.size(), said, 8);
  if (end.ec != std::errc() || end.ptr == field.data() + field.size()) return false;
  const auto sum = [](std::string_view bytes) {
    return std::accumulate(bytes.begin(), bytes.end(), 0U, [](uint32_t so_far, char c) {
      return so_far + static_cast<uint8_t>(c);
    });
  };
  // The checksum counts itself as blanks.
  return said == sum(head.substr(0, kTarChecksum)) + kTarChecksumBytes * uint32_t{' '} +
                     sum(head.substr(kTarChecksum + kTarChecksumBytes,
                                     kTarBlock - kTarChecksum - kTarChecksumBytes));
}

// "" : it is neither. By its mark, or by the zeros beside ASCII.
std::string_view Utf16Or32(std::string_view head) {
  if (head.starts_with("\xFF\xFE\0\0"sv) || head.starts_with("\0\0\xFE\xFF"sv)) return "UTF-32";
  if (head.starts_with("\xFF\xFE"sv) || head.starts_with("\xFE\xFF"sv)) return "UTF-16";
  constexpr size_t kEnough = 16;
  if (head.size() < kEnough) return "";
  const auto zeros = [&](size_t from) {
    size_t count = 0;
    for (size_t i = from; i < kEnough; i += 2) count += head[i] == '\0' ? 1U : 0U;
    return count;
  };
  const size_t even = zeros(0);
  const size_t odd = zeros(1);
  if (odd == kEnough / 2 && even == 0) return "UTF-16LE";
  if (even == kEnough / 2 && odd == 0) return "UTF-16BE";
  return "";
}

// A path as a shell takes it.
std::string Quoted(std::string_view path) {
  constexpr auto kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+=,@%"sv;
  if (path.find_first_not_of(kPlain) == std::string_view::npos) return std::string(path);
  std::string quoted = "'";
  for (const char c : path) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

std::string Refusal(std::string_view path, std::string_view what, std::string_view command,
                    Pipes pipes) {
  if (path == "-" && pipes == Pipes::kNo) return fmt::format("standard input {}: unpack it", what);
  const std::string made = fmt::format(fmt::runtime(command), Quoted(path));
  if (path == "-")
    return fmt::format("standard input {}; type: ... | {} | stickyd analyze -", what, made);
  return fmt::format("{}: {}; type: {} | stickyd analyze -", path, what, made);
}

}  // namespace

std::string ForeignFormat(std::string_view path, std::string_view head) {
  for (const Format& format : kArchives) {
    if (head.starts_with(format.magic))
      return Refusal(path, format.what, format.command, format.pipes);
  }
  return ForeignContent(path, head);
}

std::string ForeignContent(std::string_view path, std::string_view head) {
  // GNU tar finds out by itself how a file is compressed, though not how a pipe is.
  if (IsTar(head)) return Refusal(path, "is a tar archive", "tar -xOf {}", Pipes::kYes);
  if (const std::string_view name = Utf16Or32(head); !name.empty()) {
    return Refusal(path, fmt::format("is text in {}, and logs are UTF-8", name),
                   fmt::format("iconv -f {} -t utf-8 {{}}", name), Pipes::kYes);
  }
  return "";
}

}  // namespace stickyd
