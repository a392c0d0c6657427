// SPDX-License-Identifier: Apache-2.0
// process_info.h: what the kernel says about this process, for the process_* metrics.
#pragma once

namespace stickyd {

struct ProcessInfo {
  double cpu_seconds = 0;
  double resident_bytes = 0;
  double virtual_bytes = 0;
  double open_fds = 0;
  double max_fds = 0;
};

ProcessInfo ReadProcessInfo();

}  // namespace stickyd
