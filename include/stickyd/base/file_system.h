// SPDX-License-Identifier: Apache-2.0
// file_system.h: the seam to the operating system's files, so that tests can make them fail.
// Role:    source, traefik and app read files through it; tests use a file system in memory.
// Shape:   paths are UTF-8 or raw bytes, never interpreted. Files are only read here.
//          What grows is written through output_file.h, what must be whole through state_file.h.
//          Devices and sockets are not opened: they may never end, or act when they are
//          opened.
// Errors:  Result with the path and errno's text in the message. A symbolic link that leads nowhere
//          or in a circle is kNotFound: nothing is there.
// Threads: implementations are thread-compatible; a File belongs to one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stickyd/base/result.h"

namespace stickyd {

struct FileId {
  uint64_t device = 0;
  uint64_t inode = 0;
  friend bool operator==(const FileId&, const FileId&) = default;
  friend bool operator<(const FileId& a, const FileId& b) {
    return std::pair(a.device, a.inode) < std::pair(b.device, b.inode);
  }
};

enum class FileKind {
  kRegular,
  kDirectory,
  kFifo,
  kSocket,
  kCharacterDevice,
  kBlockDevice,
  kNull  // /dev/null, which stands for an empty file
};
// "a directory", "a socket"
const char* NameOf(FileKind kind);

struct FileInfo {
  FileId id;
  uint64_t size_bytes = 0;
  int64_t modified_ns = 0;  // wall clock, nanoseconds since the epoch
  uint64_t links = 1;       // how many names it has; 0: it was deleted
  FileKind kind = FileKind::kRegular;
};

class File {
 public:
  virtual ~File() = default;
  // Reads up to buffer.size() bytes from where the last Read ended. Returns 0 at the end of the
  // file, or if a FIFO has nothing to give now.
  virtual Result<size_t> Read(std::span<char> buffer) = 0;
  virtual Status SeekTo(uint64_t offset) = 0;
  virtual Result<FileInfo> Info() const = 0;
  // True if the writer of standard input has closed it: nothing will ever come again.
  virtual bool ended() const { return false; }
  // For poll(2); -1 where there is none.
  virtual int descriptor() const { return -1; }
};

class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Follows symbolic links. "-" is standard input.
  virtual Result<FileInfo> Stat(const std::string& path) const = 0;
  // Regular files, FIFOs and the null device; kNotAFile for all else. Never blocks, not even on a
  // FIFO without a writer. "-" is standard input, whatever that is.
  virtual Result<std::unique_ptr<File>> Open(const std::string& path) const = 0;
  // Sorted; empty if nothing matches.
  virtual std::vector<std::string> Glob(const std::string& pattern) const = 0;
  // Names of the entries of a directory, sorted, without . and ..
  virtual Result<std::vector<std::string>> List(const std::string& directory) const = 0;
  // Where the path leads when symbolic links are followed; the path itself if it does not exist.
  virtual std::string Resolve(const std::string& path) const = 0;
  // Can inotify be trusted for this path? It cannot on network and user-space file systems.
  virtual bool CanNotify(const std::string& path) const = 0;
};

// The file system of this machine. It lives forever.
FileSystem& RealFileSystem();

// The whole of a regular file, or kLimit if it is longer. Anything else is kNotAFile, since a pipe
// could give a part of what was meant.
Result<std::string> ReadWholeFile(const FileSystem& files, const std::string& path, size_t limit);

// From now on this process may have as many files open at a time as the system lets it.
void RaiseFileLimit();

}  // namespace stickyd
