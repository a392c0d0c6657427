// SPDX-License-Identifier: Apache-2.0
// failing_calls.h: the system's file calls, of which one fails, or is the last of its process.
// Shape:   calls are counted; what is not told to fail is done for real.
#pragma once

#include <cerrno>
#include <string>
#include <string_view>

#include "stickyd/base/state_file.h"

namespace stickyd {

class FailingCalls : public FileCalls {
 public:
  struct Killed {};

  // The call of this number (0 is the first) fails with this error.
  void FailCall(int number, int error) {
    fail_at_ = number;
    error_ = error;
  }
  // The process is killed instead of making the call of this number.
  void KillAtCall(int number) { kill_at_ = number; }
  void set_most_per_write(size_t bytes) { most_per_write_ = bytes; }  // short writes
  int calls() const { return calls_; }

  int Open(const std::string& path, int flags, mode_t mode) override {
    return Fails() ? -1 : FileCalls::Open(path, flags, mode);
  }
  ssize_t Write(int fd, std::string_view bytes) override {
    return Fails() ? -1 : FileCalls::Write(fd, bytes.substr(0, most_per_write_));
  }
  int Sync(int fd) override { return Fails() ? -1 : FileCalls::Sync(fd); }
  int Link(const std::string& from, const std::string& to) override {
    return Fails() ? -1 : FileCalls::Link(from, to);
  }
  int Rename(const std::string& from, const std::string& to, unsigned flags) override {
    return Fails() ? -1 : FileCalls::Rename(from, to, flags);
  }
  int Unlink(const std::string& path) override { return Fails() ? -1 : FileCalls::Unlink(path); }

 private:
  bool Fails() {
    const int number = calls_++;
    if (number == kill_at_) throw Killed();
    if (number != fail_at_) return false;
    errno = error_;
    return true;
  }

  int calls_ = 0;
  int fail_at_ = -1;
  int kill_at_ = -1;
  int error_ = 0;
  size_t most_per_write_ = std::string_view::npos;
};

}  // namespace stickyd
