// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/saved_configs.h"

#include <fmt/format.h>

#include <algorithm>

#include "json_document.h"
#include "stickyd/traefik/config_reader.h"

namespace stickyd {
namespace {

Result<EventTime> ReadTime(const FileSystem& files, const std::string& folder) {
  auto text = ReadWholeFile(files, folder + "/time.json", 4096);
  if (!text && text.error().code != ErrorCode::kNotFound) return tl::unexpected(text.error());
  if (!text) {
    auto info = files.Stat(folder + "/rawdata.json");
    if (!info) return tl::unexpected(info.error());
    return EventTimeFromUnixNanoseconds(info->modified_ns);
  }
  int64_t ns = 0;
  auto status = WithDocument("time", *text, [&](JsonReader& reader, dom::element document) {
    ns = reader.Number(document, "time_unix_ns", 0, "time");
    if (ns <= 0) reader.Complain("time", "time_unix_ns", "a time");
  });
  if (!status) return tl::unexpected(status.error());
  return EventTimeFromUnixNanoseconds(ns);
}

Result<TraefikConfig> ReadFolder(const FileSystem& files, const std::string& folder) {
  ApiAnswers answers;
  auto rawdata = ReadWholeFile(files, folder + "/rawdata.json", kMaxDocumentBytes);
  if (!rawdata) return tl::unexpected(rawdata.error());
  answers.rawdata = std::move(*rawdata);
  auto time = ReadTime(files, folder);
  if (!time) return tl::unexpected(time.error());
  answers.time = *time;
  // These help, and are not needed.
  answers.entry_points =
      ReadWholeFile(files, folder + "/entrypoints.json", kMaxDocumentBytes).value_or("");
  answers.version = ReadWholeFile(files, folder + "/version.json", 4096).value_or("");
  answers.overview = ReadWholeFile(files, folder + "/overview.json", 65536).value_or("");
  return ReadConfig(answers);
}

}  // namespace

Result<SavedConfigs> ReadSavedConfigs(const FileSystem& files, const std::string& directory,
                                      const std::stop_token& stop) {
  auto names = files.List(directory);
  if (!names) return tl::unexpected(names.error());
  std::vector<std::string> folders;
  if (std::find(names->begin(), names->end(), "rawdata.json") != names->end()) {
    folders.push_back(directory);
  } else {
    for (const std::string& name : *names) {
      if (files.Stat(directory + "/" + name + "/rawdata.json"))
        folders.push_back(directory + "/" + name);
    }
  }
  SavedConfigs saved;
  ConfigHistory newest;
  for (const std::string& folder : folders) {
    if (stop.stop_requested()) break;
    auto config = ReadFolder(files, folder);
    if (config) {
      newest.Add(std::make_shared<TraefikConfig>(std::move(*config)));
    } else {
      saved.refused.push_back({config.error().code, folder + ": " + config.error().message});
    }
  }
  if (newest.empty()) {
    if (!saved.refused.empty()) return tl::unexpected(saved.refused.front());
    return Fail(ErrorCode::kNotFound,
                directory + ": no saved answers of Traefik's API (rawdata.json)");
  }
  for (size_t i = 0; i < newest.size(); ++i) saved.configs.push_back(newest.Share(i));
  saved.left_out = newest.dropped();
  return saved;
}

std::string LeftOut(const SavedConfigs& saved) {
  return fmt::format("{} older configurations were left out: {} of up to {} MiB in all are kept",
                     saved.left_out, ConfigHistory::kMost, ConfigHistory::kMostBytes >> 20U);
}

}  // namespace stickyd
