// SPDX-License-Identifier: Apache-2.0
// recording.h: the recordings of tests/data/corpus.
// Each folder is one (made by convert-recording): the log, and per line what is true.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/text.h"
#include "stickyd/source/input_stream.h"

namespace stickyd {

struct Row {
  std::string verdict, server, cause;
  bool overlap = false, shared = false;
};

struct Recording {
  std::filesystem::path path;
  std::vector<std::string> options;
  uint64_t ambiguous = 0;  // how many a perfect reader leaves open
  std::map<uint64_t, Row> rows;
};

inline std::string Unpack(const std::filesystem::path& path) {
  auto input = InputStream::Open(RealFileSystem(), path.string());
  EXPECT_TRUE(input) << path;
  std::string text;
  std::vector<char> buffer(1U << 16U);
  for (;;) {
    const auto count = (*input)->Read(buffer);
    EXPECT_TRUE(count) << path;
    if (!count || *count == 0) return text;
    text.append(buffer.data(), *count);
  }
}

inline Recording LoadRecording(const std::filesystem::path& path) {
  Recording recording{path, {}, 0, {}};
  std::ifstream options(path / "options");
  for (std::string name, value; options >> name >> value;) {
    if (name == "ambiguous") {
      recording.ambiguous = std::stoull(value);
    } else {
      recording.options.insert(recording.options.end(), {"--" + name, value});
    }
  }
  if (std::filesystem::exists(path / "api" / "00" / "rawdata.json")) {
    recording.options.insert(recording.options.end(), {"--traefik.snapshot", path / "api"});
  }
  std::istringstream lines(Unpack(path / "expect.tsv.xz"));
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> fields;
    ForEachPart(line, '\t', [&](std::string_view part) { fields.emplace_back(part); });
    fields.resize(5);
    recording.rows[std::stoull(fields[0])] = {fields[1], fields[2], fields[3],
                                              fields[4].find('o') != std::string::npos,
                                              fields[4].find('s') != std::string::npos};
  }
  return recording;
}

inline std::vector<std::filesystem::path> RecordingPaths(const char* folder = "corpus") {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry :
       std::filesystem::directory_iterator(std::filesystem::path(STICKYD_TEST_DATA) / folder)) {
    paths.push_back(entry.path());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// Those with answers of Traefik's API; v1.7's has another one.
inline std::vector<std::filesystem::path> RecordingsWithApi(const char* folder = "corpus") {
  std::vector<std::filesystem::path> paths = RecordingPaths(folder);
  std::erase_if(paths, [](const std::filesystem::path& path) {
    return !std::filesystem::exists(path / "api" / "00" / "rawdata.json");
  });
  return paths;
}

inline std::string RecordingName(const testing::TestParamInfo<std::filesystem::path>& info) {
  std::string name = info.param.filename().string();
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
}

}  // namespace stickyd
