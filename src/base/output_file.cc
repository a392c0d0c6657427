#include "stickyd/base/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace stickyd {
namespace {

constexpr size_t kBuffer = size_t{64} * 1024;

tl::unexpected<Error> SystemError(const std::string& path) {
  const auto code = errno == EACCES || errno == EPERM ? ErrorCode::kPermission
                    : errno == ENOENT                 ? ErrorCode::kNotFound
                    : errno == EISDIR                 ? ErrorCode::kNotAFile
                                                      : ErrorCode::kIo;
  return Fail(code, (path == "-" ? "standard output" : path) + ": " + std::strerror(errno));
}

Result<UniqueFd> OpenPath(const std::string& path, int flags) {
  constexpr mode_t kMode = 0640;
  UniqueFd fd(path == "-" ? ::dup(STDOUT_FILENO)
                          : ::open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | flags, kMode));
  if (!fd) return SystemError(path);
  return fd;
}

}  // namespace

Result<OutputFile> OutputFile::Open(const std::string& path, OpenMode mode) {
  auto fd = OpenPath(path, mode == OpenMode::kAppend ? O_APPEND : O_TRUNC);
  if (!fd) return tl::unexpected(fd.error());
  return OutputFile(path, std::move(*fd));
}

Status OutputFile::Try(const std::string& path) {
  if (path == "-") return {};
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK));
  if (fd || errno == ENXIO) return {};  // a FIFO that nobody reads now
  if (errno != ENOENT) return SystemError(path);
  const size_t slash = path.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  if (::access(folder.c_str(), W_OK | X_OK) != 0) return SystemError(path);
  return {};
}

OutputFile::~OutputFile() {
  if (fd_) (void)Flush();
}

Status OutputFile::Write(std::string_view text) {
  buffer_.append(text);
  return buffer_.size() < kBuffer ? Status() : Flush();
}

Status OutputFile::Flush() {
  if (torn_ && !buffer_.empty()) buffer_.insert(0, 1, '\n');
  std::string_view left = buffer_;
  while (!left.empty()) {
    const ssize_t written = ::write(fd_.get(), left.data(), left.size());
    if (written < 0) {
      if (errno == EINTR) continue;
      auto error = SystemError(path_);
      torn_ = left.size() < buffer_.size();
      buffer_.clear();  // what could not be written is lost, and the caller told
      return error;
    }
    left.remove_prefix(static_cast<size_t>(written));
  }
  buffer_.clear();
  torn_ = false;
  return {};
}

Status OutputFile::Reopen() {
  auto flushed = Flush();
  auto fd = OpenPath(path_, O_APPEND);
  if (!fd) return tl::unexpected(fd.error());
  fd_ = std::move(*fd);
  return flushed;
}

}  // namespace stickyd
