// SPDX-License-Identifier: Apache-2.0
// interruption_test: Ctrl-C is noted once, and the second one ends the process.
#include "../../../src/app/interruption.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace stickyd {
namespace {

TEST(InterruptionTest, FirstCtrlCIsNotedAndCanBeWaitedFor) {
  const auto readable = [](const Interruption& interruption) {
    uint64_t value = 0;
    return ::read(interruption.descriptor(), &value, sizeof(value)) == sizeof(value);
  };
  {
    const Interruption interruption;
    EXPECT_FALSE(interruption.asked());
    EXPECT_FALSE(readable(interruption));
    errno = 77;
    std::raise(SIGINT);
    EXPECT_EQ(errno, 77) << "a signal comes between any two steps";
    EXPECT_TRUE(interruption.asked());
    EXPECT_TRUE(readable(interruption));
    struct sigaction now {};
    ::sigaction(SIGINT, nullptr, &now);
    EXPECT_EQ(now.sa_handler, SIG_DFL) << "the second one ends the process";
  }
  const Interruption again;
  EXPECT_FALSE(again.asked());
}

}  // namespace
}  // namespace stickyd
