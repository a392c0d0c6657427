// SPDX-License-Identifier: Apache-2.0
// process_info_test: what the kernel knows of this process.
#include "../../../src/expose/metrics/process_info.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <iterator>
#include <vector>

namespace stickyd {
namespace {

TEST(ProcessInfoTest, OpenDescriptorsAreCounted) {
  const auto listed = [] {
    std::vector<std::filesystem::path> names;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
      names.push_back(entry.path());
    }
    return static_cast<double>(names.size()) - 1;  // the folder itself
  };
  EXPECT_EQ(ReadProcessInfo().open_fds, listed());
  const int fd = ::open("/dev/null", O_RDONLY);
  EXPECT_EQ(ReadProcessInfo().open_fds, listed());
  ::close(fd);
}

TEST(ProcessInfoTest, NumbersAreThoseOfThisProcess) {
  const ProcessInfo info = ReadProcessInfo();
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(info.max_fds, static_cast<double>(limit.rlim_cur));
  EXPECT_GT(info.resident_bytes, 1e6);
  EXPECT_GT(info.virtual_bytes, info.resident_bytes);
  rusage usage{};
  ASSERT_EQ(::getrusage(RUSAGE_SELF, &usage), 0);
  EXPECT_LE(info.cpu_seconds,
            static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + 2));
  EXPECT_GT(info.cpu_seconds, 0);
}

}  // namespace
}  // namespace stickyd
