// SPDX-License-Identifier: Apache-2.0
#include "child_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>
#include <utility>

namespace stickyd {
namespace {

constexpr std::chrono::seconds kToEnd{20};
constexpr auto kBetweenLooks = std::chrono::milliseconds(20);

}  // namespace

bool WaitUntil(const std::function<bool()>& condition, std::chrono::seconds patience) {
  const auto end = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(kBetweenLooks);
  }
  return true;
}

ChildProcess::ChildProcess(std::vector<std::string> command, const std::string& output) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  process_ = ::fork();
  if (process_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int out = ::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  char* const environment[] = {nullptr};  // a variable STICKYD_... would be an option
  ::execve(arguments[0], arguments.data(), environment);
  ::_exit(127);
}

ChildProcess::~ChildProcess() {
  if (process_ == 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : process_(std::exchange(other.process_, 0)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  std::swap(process_, other.process_);
  return *this;
}

bool ChildProcess::IsRunning() {
  if (process_ != 0 && ::waitpid(process_, nullptr, WNOHANG) == process_) process_ = 0;
  return process_ != 0;
}

void ChildProcess::Stop() {
  if (!IsRunning()) return;
  ::kill(process_, SIGTERM);
  if (WaitUntil([this] { return !IsRunning(); }, kToEnd)) return;
  *this = ChildProcess();
}

}  // namespace stickyd
