// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/output_file.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "system_error.h"

namespace stickyd {
namespace {

constexpr size_t kBuffer = size_t{64} * 1024;
constexpr mode_t kMode = 0640;

uint64_t CountLines(std::string_view text) {
  return static_cast<uint64_t>(std::count(text.begin(), text.end(), '\n'));
}

// Where the line begins that `at` is in.
size_t BeginOfLine(std::string_view text, size_t at) {
  if (at == 0) return 0;
  const size_t feed = text.rfind('\n', at - 1);
  return feed == std::string_view::npos ? 0 : feed + 1;
}

bool IsFifo(const std::string& path) {
  struct stat st {};
  return ::stat(path.c_str(), &st) == 0 && S_ISFIFO(st.st_mode);
}

// A process that was killed, or a disk that was full at its end, leaves half a line.
bool EndsWithinALine(const std::string& path, off_t size) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  char last = '\n';
  return size > 0 && fd && ::pread(fd.get(), &last, 1, size - 1) == 1 && last != '\n';
}

}  // namespace

Result<OutputFile> OutputFile::Open(const std::string& path, OpenMode mode, WhenFull when_full) {
  OutputFile file = path == "-" ? OutputFile("standard output", STDOUT_FILENO, when_full)
                                : OutputFile(path, -1, when_full);
  file.state_ = file.OpenPath(O_CREAT | (mode == OpenMode::kAppend ? O_APPEND : O_TRUNC));
  const bool reader_may_come = when_full == WhenFull::kDrop && path != "-" && IsFifo(path);
  if (!file.state_ && !reader_may_come) return tl::unexpected(file.state_.error());
  return file;
}

Result<OutputFile> OutputFile::OpenStandardError(WhenFull when_full) {
  OutputFile file("standard error", STDERR_FILENO, when_full);
  if (auto opened = file.OpenPath(0); !opened) return tl::unexpected(opened.error());
  return file;
}

Status OutputFile::Try(const std::string& path) {
  if (path == "-") return {};
  struct stat st {};
  if (::stat(path.c_str(), &st) != 0) {
    if (errno != ENOENT) return SystemError(path, errno);
    const size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    if (::access(folder.c_str(), W_OK | X_OK) != 0) return SystemError(path, errno);
    return {};
  }
  if (S_ISSOCK(st.st_mode)) return SystemError(path, ENXIO);
  if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
    // Opened and closed again, a FIFO would be at its end for who reads it.
    return ::access(path.c_str(), W_OK) == 0 ? Status() : SystemError(path, errno);
  }
  const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NONBLOCK));
  return fd ? Status() : SystemError(path, errno);
}

OutputFile::~OutputFile() {
  if (!buffer_.empty()) (void)Flush();
}

// O_NONBLOCK belongs to the open file, which standard output and error may share with each other
// and with other processes. So what can make us wait is opened anew, for us alone. Where that
// cannot be done (a socket, another user's pipe, no /proc) it is asked by poll(2) before each
// write, which is no longer than what a pipe takes then; that fails only where others fill the same
// pipe meanwhile. A regular file makes nobody wait, and its offset must stay shared.
Result<UniqueFd> OutputFile::OpenStandard() {
  UniqueFd shared(::fcntl(standard_, F_DUPFD_CLOEXEC, 0));
  struct stat st {};
  if (!shared || ::fstat(shared.get(), &st) != 0) return SystemError(name_, errno);
  if (when_full_ == WhenFull::kWait || S_ISREG(st.st_mode)) return shared;
  const std::string anew = "/proc/self/fd/" + std::to_string(standard_);
  UniqueFd own(::open(anew.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  asks_ = !own;
  return own ? std::move(own) : std::move(shared);
}

Status OutputFile::OpenPath(int flags) {
  UniqueFd fd;
  if (standard_ >= 0) {
    auto output = OpenStandard();
    if (!output) return tl::unexpected(output.error());
    fd = std::move(*output);
  } else {
    const int wait = when_full_ == WhenFull::kDrop ? O_NONBLOCK : 0;
    do {
      fd.Reset(::open(name_.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY | flags | wait, kMode));
    } while (!fd && errno == EINTR);
    if (!fd && errno == ENXIO && IsFifo(name_)) {
      return Fail(ErrorCode::kIo, name_ + ": nobody reads it");
    }
    if (!fd) return SystemError(name_, errno);
  }
  struct stat st {};
  if (::fstat(fd.get(), &st) != 0) return SystemError(name_, errno);
  fd_ = std::move(fd);
  pipe_ = !S_ISREG(st.st_mode);
  reopen_ = false;
  ForgetWritten();
  // Of a line that was begun in another file all is written again; a pipe may still hold its begin.
  torn_ = pipe_ ? torn_ || sent_ > 0 : standard_ < 0 && EndsWithinALine(name_, st.st_size);
  sent_ = 0;
  return {};
}

Status OutputFile::EnsureOpen() {
  if (fd_ && !reopen_) return {};
  // A FIFO whose reader removes it is not replaced by a file.
  Status opened = OpenPath(reopen_ ? O_CREAT | O_APPEND : O_APPEND);
  if (opened) state_ = {};
  if (opened || !fd_) return opened;
  return Fail(opened.error().code, opened.error().message + "; the file before is written to");
}

Status OutputFile::Write(std::string_view lines) {
  if (when_full_ == WhenFull::kDrop && buffer_.size() + lines.size() > kMostWaiting) {
    (void)Flush();
    if (buffer_.size() + lines.size() > kMostWaiting) {
      lines_.dropped += CountLines(lines);
      losing_ = true;
      if (state_) state_ = Behind();
      return state_;
    }
  }
  buffer_.append(lines);
  waiting_ += CountLines(lines);
  return buffer_.size() < kBuffer ? Status() : Flush();
}

Status OutputFile::Flush() {
  const Status opened = EnsureOpen();
  if (fd_ && !buffer_.empty()) WriteBuffer();
  if (!opened) state_ = opened;
  return state_;
}

Status OutputFile::Reopen() {
  (void)Flush();
  if (standard_ >= 0 || LeadsToTheOpenPipe()) return {};
  reopen_ = true;
  const Status opened = EnsureOpen();
  if (opened) return {};
  if (when_full_ == WhenFull::kDrop && IsFifo(name_)) {  // its reader may come
    reopen_ = false;
    fd_.Reset();
    return {};
  }
  return state_ = opened;
}

// A line that is half in it must be ended there.
bool OutputFile::LeadsToTheOpenPipe() const {
  struct stat open {};
  struct stat there {};
  return pipe_ && fd_ && ::fstat(fd_.get(), &open) == 0 && ::stat(name_.c_str(), &there) == 0 &&
         open.st_dev == there.st_dev && open.st_ino == there.st_ino;
}

void OutputFile::WriteBuffer() {
  state_ = {};
  Step step = Step::kGoOn;
  while (step == Step::kGoOn && sent_ < buffer_.size()) step = WriteSome();
  ForgetWritten();
  if (step == Step::kGoOn) losing_ = false;
  if (step == Step::kLater && losing_) state_ = Behind();
}

tl::unexpected<Error> OutputFile::Behind() const {
  return Fail(ErrorCode::kIo, name_ + ": its reader does not keep up");
}

OutputFile::Step OutputFile::WriteSome() {
  const std::string_view piece = torn_ ? "\n" : Piece();
  const ssize_t count = Send(piece);
  if (count < 0) return Failed(errno);
  if (torn_) {
    torn_ = count == 0;
    return Step::kGoOn;
  }
  const auto bytes = static_cast<size_t>(count);
  const uint64_t lines = CountLines(piece.substr(0, bytes));
  lines_.written += lines;
  waiting_ -= lines;
  sent_ += bytes;
  return Step::kGoOn;
}

// As many whole lines as a pipe takes at once, so that none is torn when it is full; of one that is
// longer, a part.
std::string_view OutputFile::Piece() const {
  const std::string_view left = std::string_view(buffer_).substr(sent_);
  if (!pipe_ || when_full_ == WhenFull::kWait || left.size() <= PIPE_BUF) return left;
  const size_t feed = left.rfind('\n', PIPE_BUF - 1);
  return left.substr(0, feed == std::string_view::npos ? PIPE_BUF : feed + 1);
}

ssize_t OutputFile::Send(std::string_view piece) const {
  if (asks_) {
    pollfd room{fd_.get(), POLLOUT, 0};
    if (::poll(&room, 1, 0) == 0) {
      errno = EAGAIN;
      return -1;
    }
  }
  return ::write(fd_.get(), piece.data(), piece.size());
}

OutputFile::Step OutputFile::Failed(int error) {
  if (error == EINTR) return Step::kGoOn;
  if (error == EAGAIN && when_full_ == WhenFull::kDrop) return Step::kLater;
  if (error == EAGAIN) {  // somebody else made it so that writes do not wait
    pollfd room{fd_.get(), POLLOUT, 0};
    ::poll(&room, 1, -1);
    return Step::kGoOn;
  }
  if (error == EPIPE && when_full_ == WhenFull::kDrop) {
    // What the reader has of a line is gone with it, or still in the pipe: the next one gets all.
    ForgetWritten();
    torn_ = torn_ || sent_ > 0;
    sent_ = 0;
    if (standard_ < 0) fd_.Reset();
    state_ = Fail(ErrorCode::kIo, name_ + ": nobody reads it");
    return Step::kFailed;
  }
  state_ = SystemError(name_, error);
  Lose();
  return Step::kFailed;
}

// A line of which a part was written stays.
void OutputFile::ForgetWritten() {
  const size_t begin = sent_ == buffer_.size() ? sent_ : BeginOfLine(buffer_, sent_);
  buffer_.erase(0, begin);
  sent_ -= begin;
}

void OutputFile::Lose() {
  ForgetWritten();
  lines_.failed += std::exchange(waiting_, 0);
  torn_ = torn_ || sent_ > 0;
  buffer_.clear();
  sent_ = 0;
}

}  // namespace stickyd
