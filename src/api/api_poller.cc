// SPDX-License-Identifier: Apache-2.0
#include "stickyd/api/api_poller.h"

#include <algorithm>
#include <utility>

#include "stickyd/model/config_changes.h"

namespace stickyd {
namespace {

void CountChanges(const TraefikConfig& before, const TraefikConfig& after, TraefikStatus& state) {
  for (const ConfigChange& change : FindChanges(before, after)) {
    state.changes[static_cast<size_t>(change.kind)] += 1 + change.more;
  }
}

}  // namespace

ApiPoller::ApiPoller(Options options, const FileSystem& files, const Clock& clock,
                     std::function<void()> on_news)
    : options_(std::move(options)), clock_(clock), on_news_(std::move(on_news)) {
  std::vector<TraefikStatus> states;
  for (const ApiTarget& target : options_.targets) {
    traefiks_.push_back(std::make_unique<Traefik>(target, files));
    traefiks_.back()->state.url = traefiks_.back()->url;
    states.push_back(traefiks_.back()->state);
  }
  states_.Set(std::move(states));
}
ApiPoller::~ApiPoller() = default;

void ApiPoller::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) { Run(stop); });
}

void ApiPoller::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    Poll(stop);
    const auto began = std::chrono::steady_clock::now();
    sleeper_.Sleep(began + options_.interval, stop);
    sleeper_.Rest(began + std::min(options_.fastest, options_.interval), stop);
  }
}

void ApiPoller::Poll(const std::stop_token& stop) {
  for (const auto& traefik : traefiks_) {
    Ask(*traefik, stop);
    if (stop.stop_requested()) return;
  }
  Choose();
  std::vector<TraefikStatus> states;
  for (const auto& traefik : traefiks_) states.push_back(traefik->state);
  states_.Set(std::move(states));
  on_news_();
}

void ApiPoller::Ask(Traefik& traefik, const std::stop_token& stop) {
  const int64_t wall = clock_.WallNanoseconds();
  TraefikStatus& state = traefik.state;
  const auto fail = [&](ApiFault fault, std::string message) {
    state.up = false;
    state.message = std::move(message);
    ++state.failures[static_cast<size_t>(fault)];
    ++traefik.failures;
  };
  auto answers = traefik.client.Ask(stop);
  if (stop.stop_requested()) return;
  state.asked = true;
  if (!answers) return fail(answers.error().fault, std::move(answers.error().message));
  answers->time = EventTimeFromUnixNanoseconds(wall);
  Config fresh;
  if (traefik.config == nullptr || FingerprintOf(*answers) != traefik.config->fingerprint) {
    auto config = ReadConfig(*answers);
    if (!config) return fail(ApiFault::kBadAnswer, traefik.url + ": " + config.error().message);
    if (traefik.config != nullptr) CountChanges(*traefik.config, *config, state);
    fresh = std::make_shared<const TraefikConfig>(std::move(*config));
    traefik.config = fresh;
  }
  state.up = true;
  state.message.clear();
  state.version = traefik.config->version;
  state.last_success_seconds = static_cast<double>(wall) / 1e9;
  traefik.failures = 0;
  Tell(traefik, answers->time, std::move(fresh));
}

void ApiPoller::Tell(const Traefik& traefik, EventTime time, Config config) {
  if (traefiks_[leader_].get() != &traefik) return;
  Findings findings = config == nullptr ? nullptr : options_.audit(config);
  readings_.Use([&](std::vector<Reading>& readings) {
    // Readings that nobody took yet: of those that changed nothing, the last one says it all.
    if (config == nullptr && !readings.empty() && readings.back().config == nullptr) {
      readings.back().time = time;
    } else {
      readings.push_back({time, std::move(config), std::move(findings)});
    }
  });
}

// Another one, if the one that was listened to has been away for long.
void ApiPoller::Choose() {
  if (traefiks_.empty() || traefiks_[leader_]->failures < kPatience) return;
  for (size_t i = 0; i < traefiks_.size(); ++i) {
    Traefik& other = *traefiks_[i];
    if (!other.state.up) continue;
    leader_ = i;
    other.config.reset();  // its next answer is told, whatever it was before
    return;
  }
}

void ApiPoller::Hurry() { sleeper_.Wake(); }

std::vector<ApiPoller::Reading> ApiPoller::Take() {
  return readings_.Use([](std::vector<Reading>& readings) { return std::exchange(readings, {}); });
}

}  // namespace stickyd
