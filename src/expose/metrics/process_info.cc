// SPDX-License-Identifier: Apache-2.0
#include "process_info.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <fstream>

namespace stickyd {
namespace {

double ToSeconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double CountOpenFds() {
  DIR* handle = ::opendir("/proc/self/fd");
  if (handle == nullptr) return 0;
  int count = -3;  // ., .. and the handle itself
  while (::readdir(handle) != nullptr) ++count;
  ::closedir(handle);
  return count;
}

void ReadMemory(ProcessInfo& info) {
  std::ifstream statm("/proc/self/statm");
  double pages = 0;
  double resident = 0;
  if (!(statm >> pages >> resident)) return;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  info.virtual_bytes = pages * page;
  info.resident_bytes = resident * page;
}

}  // namespace

ProcessInfo ReadProcessInfo() {
  ProcessInfo info;
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    info.cpu_seconds = ToSeconds(usage.ru_utime) + ToSeconds(usage.ru_stime);
  }
  ReadMemory(info);
  info.open_fds = CountOpenFds();
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) info.max_fds = static_cast<double>(limit.rlim_cur);
  return info;
}

}  // namespace stickyd
