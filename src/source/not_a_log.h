// SPDX-License-Identifier: Apache-2.0
// not_a_log.h: things that stand under a log's name and are no log.
// Role:    FollowedFile and InputStream refuse it with the same words.
#pragma once

#include <string>

#include "stickyd/base/file_system.h"

namespace stickyd {

// Regular files and FIFOs are logs; standard input is, whatever it is.
inline bool IsLog(const std::string& path, FileKind kind) {
  return kind == FileKind::kRegular || kind == FileKind::kFifo || path == "-";
}

// What it is, and what to do. `names`: a pattern of the files in a directory that are to be read:
// *.log, or with the rotated ones *.log*.
inline Error NotALog(const std::string& path, FileKind kind, const char* names) {
  const std::string advice =
      kind == FileKind::kDirectory
          ? ": name its files, as in " + path + (path.ends_with('/') ? "" : "/") + names
          : ", which may never end: name a regular file or a FIFO; - is standard input";
  return {ErrorCode::kNotAFile, path + ": is " + NameOf(kind) + advice};
}

}  // namespace stickyd
