// SPDX-License-Identifier: Apache-2.0
// file_ledger.h: which files are being read, and how far files were read that are not any more.
// Role:    the FollowedFiles of a LogFollower share one. So a file is read once, even if a rotation
//          or a symbolic link shows it under another path.
// Shape:   by device and inode, not by path. A file has one reader at a time. When that one lets go
//          of it, the next one goes on from there.
// Threads: thread-compatible.
// Cost:    one entry per file that is open or under a followed path. Prune forgets the others, so
//          that an inode which is used again is a new file.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "stickyd/base/file_system.h"

namespace stickyd {

class FollowedFile;

class FileLedger {
 public:
  bool IsOpen(const FileId& id) const {
    const auto found = files_.find(id);
    return found != files_.end() && found->second.reader != nullptr;
  }
  bool Knows(const FileId& id) const { return files_.contains(id); }
  // How far the file was read; 0 for a file that was never seen.
  uint64_t OffsetOf(const FileId& id) const {
    const auto found = files_.find(id);
    return found == files_.end() ? 0 : found->second.offset;
  }
  void Opened(const FileId& id, const FollowedFile* reader) { files_[id] = {reader, 0}; }
  void Closed(const FileId& id, uint64_t offset) { files_[id] = {nullptr, offset}; }
  // Forgets what is neither open nor in `present`.
  void Prune(const std::set<FileId>& present) {
    std::erase_if(files_, [&](const auto& file) {
      return file.second.reader == nullptr && !present.contains(file.first);
    });
  }

 private:
  struct Entry {
    const FollowedFile* reader = nullptr;
    uint64_t offset = 0;
  };
  std::map<FileId, Entry> files_;
};

}  // namespace stickyd
