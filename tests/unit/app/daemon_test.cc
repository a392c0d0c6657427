// SPDX-License-Identifier: Apache-2.0
// daemon_test: the command watch as a whole: its exit codes, what it tells the service manager, and
// how it ends. Its log is standard input, or a signal waits for it, so that it ends by itself.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "running.h"
#include "stickyd/base/listen_address.h"
#include "support/log_text.h"

namespace stickyd {
namespace {

class DaemonTest : public Running {
 protected:
  void SetUp() override {
    pthread_sigmask(SIG_SETMASK, nullptr, &signals_);
    logger_ = spdlog::default_logger();
  }
  void TearDown() override {
    ::dup2(input_.get(), STDIN_FILENO);
    pthread_sigmask(SIG_SETMASK, &signals_, nullptr);
    std::signal(SIGPIPE, SIG_DFL);
    spdlog::set_default_logger(logger_);
  }
  // Standard input has this text and then ends.
  static void Feed(const std::string& text) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    ASSERT_EQ(::write(ends[1], text.data(), text.size()), static_cast<ssize_t>(text.size()));
    ::close(ends[1]);
    ::dup2(ends[0], STDIN_FILENO);
    ::close(ends[0]);
  }
  int Watch(Arguments arguments) {
    arguments.insert(arguments.end(), {"--web.listen-address", "127.0.0.1:0"});
    return Run("watch", std::move(arguments));
  }

  const UniqueFd input_{::dup(STDIN_FILENO)};
  sigset_t signals_{};
  std::shared_ptr<spdlog::logger> logger_;
};

TEST_F(DaemonTest, EndOfStandardInputEndsItAndWritesItsEvents) {
  Feed(BrokenLog());
  EXPECT_EQ(Watch({"--log", "-", "--events", Path("events")}), kExitFine) << err_;
  const std::string events = ContentOf(Path("events"));
  EXPECT_EQ(std::count(events.begin(), events.end(), '\n'), 1);
  EXPECT_EQ(out_, "");
}

TEST_F(DaemonTest, SignalEndsIt) {
  const std::string log = Put("a.log", BrokenLog());
  for (const int signal : {SIGTERM, SIGINT}) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, signal);
    pthread_sigmask(SIG_BLOCK, &blocked, nullptr);
    ::kill(::getpid(), signal);  // it waits for whoever takes it
    EXPECT_EQ(Watch({"--log", log}), kExitFine);
  }
}

TEST_F(DaemonTest, ServiceManagerIsToldOfBeginAndEnd) {
  const UniqueFd manager(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0));
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = Path("notify");
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  ASSERT_EQ(::bind(manager.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const auto told = [&](const char* watchdog_us) {
    ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    if (watchdog_us != nullptr) ::setenv("WATCHDOG_USEC", watchdog_us, 1);
    Feed(BrokenLog());
    EXPECT_EQ(Watch({"--log", "-"}), kExitFine);
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("WATCHDOG_USEC");
    std::string all;
    std::array<char, 200> message{};
    for (ssize_t size = 0; (size = ::read(manager.get(), message.data(), message.size())) > 0;) {
      all += "[" + std::string(message.data(), static_cast<size_t>(size)) + "]";
    }
    return all;
  };
  EXPECT_EQ(told(nullptr), "[READY=1\nSTATUS=following][STOPPING=1]");
  EXPECT_THAT(told("4000000"), testing::StartsWith("[READY=1\nSTATUS=following][WATCHDOG=1]"));
}

TEST_F(DaemonTest, WhatItCannotUseItSaysAndDoesNotBegin) {
  const std::string log = Put("a.log", BrokenLog());
  EXPECT_EQ(Watch({"--log", log, "--events", Path("no/events")}), kExitFound);
  EXPECT_THAT(err_, testing::HasSubstr("--events: "));
  EXPECT_EQ(Watch({"--log", log, "--traefik.snapshot", Path("none")}), kExitFound);
  const auto taken = ListenAddress::Parse("127.0.0.1:0")->Listen();
  ASSERT_TRUE(taken.has_value());
  EXPECT_EQ(Watch({"--log", log, "--web.listen-address", AddressOf(taken->get())}), kExitFound);
  EXPECT_THAT(err_, testing::HasSubstr("Address already in use"));
  std::filesystem::create_directory(Path("state"));
  Put("state/hash.key", "short");
  EXPECT_EQ(Watch({"--log", log, "--state-dir", Path("state")}), kExitFound);
  EXPECT_THAT(err_, testing::HasSubstr("--state-dir: "));
}

TEST_F(DaemonTest, OutputThatCannotBeWrittenIsAFailure) {
  std::fflush(stdout);
  const UniqueFd before(::dup(STDOUT_FILENO));
  const UniqueFd full(::open("/dev/full", O_WRONLY));
  testing::internal::CaptureStderr();
  ::dup2(full.get(), STDOUT_FILENO);
  const int code = Main({"--version"});
  ::dup2(before.get(), STDOUT_FILENO);
  std::clearerr(stdout);
  EXPECT_EQ(code, kExitFound);
  EXPECT_EQ(testing::internal::GetCapturedStderr(),
            "stickyd: standard output: No space left on device\n");
}

}  // namespace
}  // namespace stickyd
