// SPDX-License-Identifier: Apache-2.0
// watcher.h: the daemon's loop: follow, feed, publish.
// Role:    the command watch runs it; tests run it with other files, wakers and clocks.
// Shape:   one thread runs Run(); status() may be called from any thread.
// Units:   monotonic time drives timers, wall time is for display, event time decides.
// Errors:  nothing stops it but Stop(): a file that cannot be read is a state of its source, and
//          who reads break events is not waited for.
// Threads: as said.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "change_log.h"
#include "probe_scheduler.h"
#include "probing.h"
#include "setup.h"
#include "snapshot_loader.h"
#include "stickyd/api/api_poller.h"
#include "stickyd/base/clock.h"
#include "stickyd/base/guarded.h"
#include "stickyd/base/waker.h"
#include "stickyd/config/settings.h"
#include "stickyd/expose/sinks/event_writer.h"
#include "stickyd/feed/followed_logs.h"
#include "stickyd/model/daemon_status.h"
#include "stickyd/source/log_follower.h"

namespace stickyd {

class Watcher {
 public:
  struct Parts {
    const FileSystem* files;
    Clock* clock;
    Waker* waker;
    std::function<void()> on_progress;       // after every round: feeds the watchdog
    std::function<SettingsResult()> reread;  // the settings as they are now, for a reload
    SnapshotLoader::Start start;             // of what would hold up the rounds
    ProbeScheduler::Run probe = ProbeTargetSite;
  };

  // `saved`: the snapshots that the settings name.
  static Result<std::unique_ptr<Watcher>> Create(const Settings& settings, const Parts& parts,
                                                 SavedConfigs saved);
  ~Watcher();
  Watcher(const Watcher&) = delete;
  Watcher& operator=(const Watcher&) = delete;

  // Until Stop(), or until all sources have ended (standard input).
  void Run();
  // One round: look, read what is there, publish. False: all sources have ended.
  bool Round();

  // Null where no Traefik is asked. It asks once it is started.
  ApiPoller* api() { return api_.get(); }
  // It runs the probes once it is started.
  ProbeScheduler& probes() { return *probes_; }

  // From any thread or signal handler.
  void Stop();
  void RequestReload();
  void RequestReopen();

  std::shared_ptr<const DaemonStatus> status() const;
  // Has a round ended lately?
  bool alive() const;

 private:
  Watcher(const Settings& settings, const Parts& parts);
  void Look();
  void FlushEvents();
  void End();
  void Notify();
  bool ReadAll();
  void ReadApi();
  void Publish();
  void LogTraefiks(const std::vector<TraefikStatus>& states);
  void LogProbes(const std::vector<ProbeStatus>& states);
  void LogRemarks(const PipelineStats& stats);
  void BeginReload();
  void FinishReload(Result<SavedConfigs> saved);
  void RefuseReload(const std::string& why);
  void EndReload(bool successful);
  void HandleRequests();
  // From the beginning of this round to that of the next.
  Clock::Monotonic::duration Pace(Clock::Monotonic began);
  std::chrono::milliseconds Patience() const;

  Settings settings_;
  const Parts parts_;
  std::unique_ptr<EventWriter> events_;
  ChangeLog event_changes_;
  uint64_t events_lost_ = 0;  // as told last
  std::unique_ptr<Pipeline> pipeline_;
  std::unique_ptr<LogFollower> follower_;
  std::unique_ptr<FollowedLogs> logs_;
  ChangeLog source_changes_;
  ChangeLog notify_changes_;
  ChangeLog api_changes_;
  ChangeLog probe_changes_;
  std::set<std::string> remarked_;  // topics that were logged
  Settings fresh_;                  // while their snapshots are read
  std::vector<std::string> directories_;
  DaemonStatus numbers_;    // what the watcher itself counts
  size_t round_lines_ = 0;  // that the last round read
  bool notified_ = false;   // inotify works
  bool look_ = true;
  bool behind_ = false;  // there are more lines than a round takes
  bool dirty_ = true;
  Clock::Monotonic paid_until_;  // see kPaceOfFew
  Clock::Monotonic last_reload_;
  Clock::Monotonic last_look_;
  Clock::Monotonic next_look_;  // not before; see kLookShare
  Clock::Monotonic last_notify_;
  Clock::Monotonic last_data_;
  Clock::Monotonic last_windows_;
  Clock::Monotonic next_remark_;
  EventTime last_event_;  // the event clock at last_data_
  std::atomic<bool> stop_ = false;
  std::atomic<bool> reload_ = false;
  std::atomic<bool> reopen_ = false;
  std::atomic<int64_t> last_round_ms_ = 0;
  Guarded<std::shared_ptr<const DaemonStatus>> status_;
  SnapshotLoader snapshots_;  // last: these have threads that wake the others
  std::unique_ptr<ApiPoller> api_;
  std::unique_ptr<ProbeScheduler> probes_;
};

}  // namespace stickyd
