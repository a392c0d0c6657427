// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <systemd/sd-daemon.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "../probe_desk.h"
#include "../watcher.h"
#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/expose/http/server.h"

namespace stickyd {
namespace {

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&signals, signal);
  return signals;
}

// Signals become calls, on a thread of their own.
class SignalThread {
 public:
  explicit SignalThread(Watcher& watcher)
      : thread_([&watcher](const std::stop_token& stop) {
          const sigset_t signals = HandledSignals();
          while (!stop.stop_requested()) {
            int signal = 0;
            if (sigwait(&signals, &signal) != 0 || stop.stop_requested()) continue;
            if (signal == SIGHUP) {
              watcher.RequestReload();
            } else if (signal == SIGUSR1) {
              watcher.RequestReopen();
            } else {
              watcher.Stop();
            }
          }
        }) {}
  ~SignalThread() {
    thread_.request_stop();
    pthread_kill(thread_.native_handle(), SIGUSR1);  // wakes sigwait
  }
  SignalThread(const SignalThread&) = delete;
  SignalThread& operator=(const SignalThread&) = delete;

 private:
  std::jthread thread_;
};

// Tells the service manager that rounds go on, a few times per watchdog interval.
class Watchdog {
 public:
  Watchdog() {
    uint64_t interval_us = 0;
    if (sd_watchdog_enabled(0, &interval_us) > 0)
      every_ = std::chrono::microseconds(interval_us / 4);
  }
  void Feed() {
    const auto now = RealClock().Now();
    if (!ready_) sd_notify(0, "READY=1\nSTATUS=following");
    ready_ = true;
    if (every_.count() == 0 || now - last_ < every_) return;
    last_ = now;
    sd_notify(0, "WATCHDOG=1");
  }

 private:
  std::chrono::microseconds every_{0};
  Clock::Monotonic last_;
  bool ready_ = false;
};

}  // namespace

int RunWatch(const Settings& settings) {
  Unusable unusable = FindUnusable(settings);
  PrintProblems("watch", unusable.problems);
  if (!unusable.problems.empty()) return kExitFound;

  const sigset_t signals = HandledSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // every thread made from here on inherits it
  std::signal(SIGPIPE, SIG_IGN);

  const auto waker = MakeWaker();
  Watchdog watchdog;
  const auto on_progress = [&] {
    watchdog.Feed();
    spdlog::default_logger_raw()->flush();  // what its reader did not take before
  };
  auto watcher = Watcher::Create(settings,
                                 {&RealFileSystem(), &RealClock(), waker.get(), on_progress,
                                  settings.reread, SnapshotLoader::InAThread},
                                 std::move(unusable.saved));
  if (!watcher) {
    Complain("watch", watcher.error().message);
    return watcher.error().code == ErrorCode::kInvalidInput ? kExitConfig : kExitFound;
  }
  Watcher& daemon = **watcher;
  HttpServer::Options options;
  options.addresses = settings.watch.listen_addresses;
  options.telemetry_path = settings.watch.telemetry_path;
  options.enable_lifecycle = settings.watch.enable_lifecycle;
  ProbeDesk desk(daemon.probes(), RealClock());
  auto server = HttpServer::Start(
      options,
      {[&] { return daemon.status(); }, [&] { return daemon.alive(); },
       [&] { daemon.RequestReload(); },
       [&](const ProbeRequest& request, auto done) { return desk.Ask(request, std::move(done)); }});
  if (!server) {
    Complain("watch", server.error().message);
    return kExitFound;
  }
  for (const std::string& address : (*server)->addresses()) {
    spdlog::info("serving on http://{}{}", address, settings.watch.telemetry_path);
    if (!IsLoopback(address))
      spdlog::warn("{} can be reached from other machines, without authentication", address);
  }
  const SignalThread signal_thread(daemon);
  if (ApiPoller* const api = daemon.api()) api->Start();
  daemon.probes().Start();
  daemon.Run();
  sd_notify(0, "STOPPING=1");
  spdlog::info("stopping");
  return kExitFine;
}

}  // namespace stickyd
