// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/file_system.h"

#include <dirent.h>
#include <fcntl.h>
#include <glob.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>

#include "stickyd/base/fd.h"
#include "system_error.h"

namespace stickyd {
namespace {

tl::unexpected<Error> NotAFile(const std::string& path, FileKind kind, const char* wanted) {
  if (kind == FileKind::kDirectory) return SystemError(path, EISDIR);
  return Fail(ErrorCode::kNotAFile, path + ": is " + NameOf(kind) + ", not " + wanted);
}

FileKind KindOf(const struct stat& st) {
  switch (st.st_mode & S_IFMT) {
    case S_IFDIR:
      return FileKind::kDirectory;
    case S_IFIFO:
      return FileKind::kFifo;
    case S_IFSOCK:
      return FileKind::kSocket;
    case S_IFBLK:
      return FileKind::kBlockDevice;
    case S_IFCHR:
      return st.st_rdev == makedev(1, 3) ? FileKind::kNull : FileKind::kCharacterDevice;
    default:
      return FileKind::kRegular;
  }
}

bool CanBeOpened(FileKind kind) {
  return kind == FileKind::kRegular || kind == FileKind::kFifo || kind == FileKind::kNull;
}

FileInfo ToInfo(const struct stat& st) {
  FileInfo info;
  info.id = {st.st_dev, st.st_ino};
  info.size_bytes = static_cast<uint64_t>(st.st_size);
  info.links = st.st_nlink;
  info.modified_ns = int64_t{st.st_mtim.tv_sec} * 1'000'000'000 + st.st_mtim.tv_nsec;
  info.kind = KindOf(st);
  return info;
}

class RealFile : public File {
 public:
  RealFile(std::string path, UniqueFd fd) : path_(std::move(path)), fd_(std::move(fd)) {}

  Result<size_t> Read(std::span<char> buffer) override {
    for (;;) {
      const ssize_t count = ::read(fd_.get(), buffer.data(), buffer.size());
      if (count >= 0) return static_cast<size_t>(count);
      if (errno == EAGAIN) return size_t{0};
      if (errno != EINTR) return SystemError(path_, errno);
    }
  }
  Status SeekTo(uint64_t offset) override {
    if (::lseek(fd_.get(), static_cast<off_t>(offset), SEEK_SET) < 0) {
      return SystemError(path_, errno);
    }
    return {};
  }
  Result<FileInfo> Info() const override {
    struct stat st {};
    if (::fstat(fd_.get(), &st) != 0) return SystemError(path_, errno);
    return ToInfo(st);
  }
  int descriptor() const override { return fd_.get(); }

 private:
  std::string path_;
  UniqueFd fd_;
};

// Another process may share it, so it is not made non-blocking; it is asked before it is read.
class StandardInput : public RealFile {
 public:
  StandardInput() : RealFile("-", UniqueFd(::dup(STDIN_FILENO))) {}

  Result<size_t> Read(std::span<char> buffer) override {
    pollfd poll_fd{descriptor(), POLLIN, 0};
    if (::poll(&poll_fd, 1, 0) <= 0) return size_t{0};
    auto count = RealFile::Read(buffer);
    ended_ = count && *count == 0;
    return count;
  }
  bool ended() const override { return ended_; }

 private:
  bool ended_ = false;
};

class RealFileSystemImpl : public FileSystem {
 public:
  Result<FileInfo> Stat(const std::string& path) const override {
    struct stat st {};
    const int result = path == "-" ? ::fstat(STDIN_FILENO, &st) : ::stat(path.c_str(), &st);
    if (result != 0) return SystemError(path, errno);
    return ToInfo(st);
  }

  Result<std::unique_ptr<File>> Open(const std::string& path) const override {
    if (path == "-") return std::make_unique<StandardInput>();
    // Opening alone makes some devices act (a tape, a watchdog), so they are told first.
    if (const auto there = Stat(path); there && !CanBeOpened(there->kind)) {
      return NotAFile(path, there->kind, "a file");
    }
    UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return SystemError(path, errno);
    auto file = std::make_unique<RealFile>(path, std::move(fd));
    auto info = file->Info();
    if (!info) return tl::unexpected(info.error());
    if (!CanBeOpened(info->kind)) return NotAFile(path, info->kind, "a file");
    return file;
  }

  std::vector<std::string> Glob(const std::string& pattern) const override {
    glob_t found{};
    std::vector<std::string> paths;
    if (::glob(pattern.c_str(), 0, nullptr, &found) == 0) {
      paths.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
    }
    ::globfree(&found);
    return paths;
  }

  Result<std::vector<std::string>> List(const std::string& directory) const override {
    DIR* handle = ::opendir(directory.c_str());
    if (handle == nullptr) return SystemError(directory, errno);
    std::vector<std::string> names;
    while (const dirent* entry = ::readdir(handle)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(handle);
    std::sort(names.begin(), names.end());
    return names;
  }

  std::string Resolve(const std::string& path) const override {
    char* real = ::realpath(path.c_str(), nullptr);
    if (real == nullptr) return path;
    std::string out = real;
    std::free(real);  // NOLINT: realpath allocates with malloc
    return out;
  }

  bool CanNotify(const std::string& path) const override {
    static constexpr unsigned long kNotified[] = {
        0xEF53,      // ext2, ext3, ext4
        0x58465342,  // xfs
        0x9123683E,  // btrfs
        0x01021994,  // tmpfs
        0x2FC12FC1,  // zfs
        0xF2F52010,  // f2fs
        0x794C7630,  // overlayfs
    };
    struct statfs fs {};
    if (::statfs(path.c_str(), &fs) != 0) return false;
    return std::find(std::begin(kNotified), std::end(kNotified),
                     static_cast<unsigned long>(fs.f_type)) != std::end(kNotified);
  }
};

}  // namespace

const char* NameOf(FileKind kind) {
  static constexpr const char* kNames[] = {"a regular file", "a directory",        "a FIFO or pipe",
                                           "a socket",       "a character device", "a block device",
                                           "the null device"};
  return kNames[static_cast<size_t>(kind)];
}

FileSystem& RealFileSystem() {
  static RealFileSystemImpl instance;
  return instance;
}

Result<std::string> ReadWholeFile(const FileSystem& files, const std::string& path, size_t limit) {
  auto file = files.Open(path);
  if (!file) return tl::unexpected(file.error());
  const auto info = (*file)->Info();
  if (!info) return tl::unexpected(info.error());
  if (info->kind != FileKind::kRegular && info->kind != FileKind::kNull) {
    return NotAFile(path, info->kind, "a regular file");
  }
  std::string content;
  std::vector<char> buffer(size_t{64} * 1024);
  for (;;) {
    auto count = (*file)->Read(buffer);
    if (!count) return tl::unexpected(count.error());
    if (*count == 0) return content;
    if (content.size() + *count > limit) {
      return Fail(ErrorCode::kLimit, path + ": longer than " + std::to_string(limit) + " bytes");
    }
    content.append(buffer.data(), *count);
  }
}

void RaiseFileLimit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  (void)::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace stickyd
