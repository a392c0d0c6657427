// SPDX-License-Identifier: Apache-2.0
// child_process.h: a program that runs while a test does, and never longer.
// Errors:  what should have come after two minutes has not; nothing else depends on time.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace stickyd {

// True once the condition is.
bool WaitUntil(const std::function<bool()>& condition,
               std::chrono::seconds patience = std::chrono::minutes(2));

class ChildProcess {
 public:
  ChildProcess() = default;
  // What it says goes into the file `output`.
  ChildProcess(std::vector<std::string> command, const std::string& output);
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  bool IsRunning();
  // Asks it to end, waits, and ends it if it does not: Traefik v2.0 hangs there.
  void Stop();

 private:
  pid_t process_ = 0;
};

}  // namespace stickyd
