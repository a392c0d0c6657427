// SPDX-License-Identifier: Apache-2.0
// api_poller.h: asks Traefik's API again and again, beside the pipeline.
// Role:    watch makes one where --traefik.url is given. It takes what was read into the pipeline.
// Shape:   readings in the order in which they were made. Of several Traefiks (replicas, which have
//          the same configuration) the readings of one are told; if that one is away, those of
//          the next.
// Units:   wall time of this machine, when the answers were asked for.
// Errors:  a Traefik that is away, slow, wrong or refuses is a state, never an error. What was read
//          before stays.
// Threads: a thread of its own asks. Its owner's thread calls Take, States and Hurry.
// Cost:    answers that are the same as before are not parsed.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "stickyd/api/api_client.h"
#include "stickyd/base/clock.h"
#include "stickyd/base/guarded.h"
#include "stickyd/base/sleeper.h"
#include "stickyd/model/finding.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/model/traefik_status.h"

namespace stickyd {

class ApiPoller {
 public:
  // So many tries in vain, and the next Traefik is listened to.
  static constexpr int kPatience = 3;

  using Config = std::shared_ptr<const TraefikConfig>;
  using Findings = std::shared_ptr<const std::vector<Finding>>;

  struct Options {
    std::vector<ApiTarget> targets;
    std::function<Findings(const Config&)> audit;  // of each new one, in the poller's thread
    std::chrono::milliseconds interval{10'000};
    std::chrono::milliseconds fastest{1000};  // however often it is told to hurry
  };
  struct Reading {
    EventTime time;
    Config config;      // null: the one before, unchanged
    Findings findings;  // of the audit
  };

  // `files` and `clock` must outlive it. `on_news` is called from its thread, after each round.
  ApiPoller(Options options, const FileSystem& files, const Clock& clock,
            std::function<void()> on_news);
  ~ApiPoller();
  ApiPoller(const ApiPoller&) = delete;
  ApiPoller& operator=(const ApiPoller&) = delete;

  // Begins to ask, in a thread; tests call Poll themselves.
  void Start();
  // Asks every Traefik once. REQUIRES: not started.
  void Poll(const std::stop_token& stop = {});
  // Asks soon: the log shows what the last answers did not.
  void Hurry();
  // What was read since the last call.
  std::vector<Reading> Take();
  std::vector<TraefikStatus> States() const { return states_.Get(); }

 private:
  struct Traefik {
    explicit Traefik(const ApiTarget& target, const FileSystem& files)
        : client(target, files), url(ShownUrl(target.url)) {}
    ApiClient client;
    std::string url;
    TraefikStatus state;
    int failures = 0;  // in a row
    Config config;
  };

  void Run(const std::stop_token& stop);
  void Ask(Traefik& traefik, const std::stop_token& stop);
  void Tell(const Traefik& traefik, EventTime time, Config config);
  void Choose();

  const Options options_;
  const Clock& clock_;
  const std::function<void()> on_news_;
  std::vector<std::unique_ptr<Traefik>> traefiks_;
  size_t leader_ = 0;  // whose readings are told
  Sleeper sleeper_;
  Guarded<std::vector<Reading>> readings_;
  Guarded<std::vector<TraefikStatus>> states_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace stickyd
