// SPDX-License-Identifier: Apache-2.0
// draft.h: reads the files that Traefik would read, and says what its API would show: before the
//          deploy, and without a Traefik.
// Role:    the command audit reads files by it, and gives the answers to ReadConfig.
// Shape:   files of the file provider (YAML, TOML, JSON), static configurations, Compose files and
//          manifests of Kubernetes; what a file is shows in its contents. All files are one
//          configuration. Files are at most kLongestDraft bytes, and kMostDrafts of them.
// Errors:  kNotFound, kPermission, kLimit of the first path that cannot be read. A file that is
//          wrong is a note, as Traefik would go on without it.
// Threads: pure functions, but for ReadDraftFiles.
// Source:  docs/AUDIT.md; Traefik's providers, v2.11 and v3.7.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/model/draft_note.h"
#include "stickyd/traefik/config_reader.h"

namespace stickyd {

inline constexpr size_t kLongestDraft = size_t{8} << 20U;
inline constexpr size_t kMostDrafts = 2000;

struct DraftFile {
  std::string name;  // as people gave it
  std::string text;
};

// A folder stands for what is in it and below, by name, as Traefik reads one.
Result<std::vector<DraftFile>> ReadDraftFiles(const FileSystem& files,
                                              const std::vector<std::string>& paths);

class DraftOrigins;

struct Draft {
  ApiAnswers answers;  // what the API would show
  DraftFacts facts;
  // Where each part of the configuration stands in the files. It does not point into them.
  std::shared_ptr<const DraftOrigins> origins;
};

// `version` is Traefik's where it is known otherwise ("3.7.9"), or empty.
Draft ReadDraft(const std::vector<DraftFile>& files, std::string_view version);

// Fills in spots of findings, and accepts those that a comment in a file tells to ignore:
// `# stickyd: ignore RULE reason`, on the line or the one above it. Returns the comments that did
// nothing.
std::vector<FileSpot> Locate(const Draft& draft, const std::vector<DraftFile>& files,
                             std::vector<Finding>& findings);

// The files with the edits of these findings made. Null where one cannot be made by a program.
std::unique_ptr<std::vector<DraftFile>> Apply(const Draft& draft,
                                              const std::vector<DraftFile>& files,
                                              const Finding& finding);

// A unified diff from one text to the other, with three lines around each change.
std::string UnifiedDiff(std::string_view name, std::string_view before, std::string_view after);

}  // namespace stickyd
