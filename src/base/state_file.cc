// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/state_file.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <random>

#include "stickyd/base/fd.h"
#include "system_error.h"

namespace stickyd {
namespace {

// Neither process nor host tell writers apart: containers share folders, and each has a process 1.
std::string NameBeside(const std::string& path) {
  std::random_device random;
  return path + ".new-" + std::to_string(random()) + std::to_string(random());
}

Status WriteAll(FileCalls& calls, int fd, std::string_view left, const std::string& path) {
  while (!left.empty()) {
    const ssize_t count = calls.Write(fd, left);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return SystemError(path, count < 0 ? errno : EIO);
    left.remove_prefix(static_cast<size_t>(count));
  }
  if (calls.Sync(fd) != 0) return SystemError(path, errno);
  return {};
}

// Where there are no links (FAT, some network file systems), renaming without replacing may be had.
int NameOnce(FileCalls& calls, const std::string& beside, const std::string& path) {
  if (calls.Link(beside, path) == 0) {
    calls.Unlink(beside);
    return 0;
  }
  if (errno != EPERM && errno != EOPNOTSUPP && errno != ENOSYS) return -1;
  return calls.Rename(beside, path, RENAME_NOREPLACE);
}

Status SyncFolderOf(FileCalls& calls, const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const UniqueFd fd(calls.Open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0));
  // A folder that may only be written to, or a file system that does not know this: as good as can
  // be had.
  if (!fd) return errno == EACCES ? Status() : SystemError(folder, errno);
  if (calls.Sync(fd.get()) != 0 && errno != EINVAL) return SystemError(folder, errno);
  return {};
}

}  // namespace

int FileCalls::Open(const std::string& path, int flags, mode_t mode) {
  return ::open(path.c_str(), flags, mode);
}
ssize_t FileCalls::Write(int fd, std::string_view bytes) {
  return ::write(fd, bytes.data(), bytes.size());
}
int FileCalls::Sync(int fd) { return ::fsync(fd); }
int FileCalls::Link(const std::string& from, const std::string& to) {
  return ::link(from.c_str(), to.c_str());
}
int FileCalls::Rename(const std::string& from, const std::string& to, unsigned flags) {
  return ::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), flags);
}
int FileCalls::Unlink(const std::string& path) { return ::unlink(path.c_str()); }

FileCalls& RealFileCalls() {
  static FileCalls calls;
  return calls;
}

Status WriteStateFile(const std::string& path, std::string_view content, IfThere if_there,
                      FileCalls& calls) {
  const std::string beside = NameBeside(path);
  constexpr mode_t kMode = 0600;
  const UniqueFd fd(calls.Open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, kMode));
  if (!fd) return SystemError(path, errno);
  Status status = WriteAll(calls, fd.get(), content, path);
  if (status) {
    const int named =
        if_there == IfThere::kKeep ? NameOnce(calls, beside, path) : calls.Rename(beside, path, 0);
    if (named != 0) status = SystemError(path, errno);
  }
  if (!status) {
    calls.Unlink(beside);
    return status;
  }
  return SyncFolderOf(calls, path);
}

}  // namespace stickyd
