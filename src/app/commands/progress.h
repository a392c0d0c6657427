// SPDX-License-Identifier: Apache-2.0
// progress.h: how far analyze is, as one line on a terminal.
// Role:    analyze shows it while it reads.
// Shape:   bytes of the files as they are, the rate since the start, and where the whole is known,
//          the share and the time left.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <optional>

namespace stickyd {

class Progress {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // `terminal` is written to if `on`.
  Progress(bool on, Time start, std::FILE* terminal);
  ~Progress();  // takes the line away
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  // Four times a second; more often, nothing happens.
  void Show(Time now, uint64_t done, std::optional<uint64_t> total);

 private:
  const bool on_;
  const Time start_;
  std::FILE* const terminal_;
  bool shown_ = false;
  Time last_;
};

}  // namespace stickyd
