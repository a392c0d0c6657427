// SPDX-License-Identifier: Apache-2.0
// The part of the watcher that takes another configuration.
#include <spdlog/spdlog.h>

#include "stickyd/config/options.h"
#include "watcher.h"

namespace stickyd {
namespace {

// Who reaches the port may ask for reloads as often as it likes.
constexpr std::chrono::milliseconds kReloadEvery{1000};

}  // namespace

void Watcher::HandleRequests() {
  const auto now = parts_.clock->Now();
  if (auto saved = snapshots_.Take()) FinishReload(std::move(*saved));
  if (!snapshots_.loading() && now - last_reload_ >= kReloadEvery && reload_.exchange(false)) {
    last_reload_ = now;
    BeginReload();
  }
  if (reopen_.exchange(false) && events_ != nullptr) {
    if (!events_->Reopen()) ++numbers_.events_failed;  // the flush at the end of the round says why
  }
}

void Watcher::BeginReload() {
  const SettingsResult read =
      parts_.reread ? parts_.reread() : SettingsResult{settings_, {}, false};
  for (const SettingsProblem& problem : read.problems) {
    spdlog::error("reload refused: {}: {}", problem.place, problem.message);
  }
  if (!read.problems.empty()) return EndReload(false);
  fresh_ = read.settings;
  // Snapshots are read before anything is changed.
  snapshots_.Load(*parts_.files, fresh_.snapshot_dir, [this] { parts_.waker->Wake(); });
  if (auto saved = snapshots_.Take()) FinishReload(std::move(*saved));
}

void Watcher::FinishReload(Result<SavedConfigs> saved) {
  if (!saved) return RefuseReload(saved.error().message);
  for (const Error& refused : saved->refused) {
    spdlog::warn("snapshot refused: {}", refused.message);
  }
  if (saved->left_out != 0) spdlog::warn("snapshots: {}", LeftOut(*saved));
  if (auto status = pipeline_->Reconfigure(fresh_.pipeline); !status) {
    return RefuseReload(status.error().message);
  }
  const auto newest = saved->newest();
  if (api_ == nullptr && newest != nullptr) probes_->SetConfig(newest);
  for (auto& config : saved->configs) pipeline_->AddConfig(std::move(config));
  if (fresh_.watch.logs != settings_.watch.logs) follower_->SetPatterns(fresh_.watch.logs);
  settings_.watch.logs = fresh_.watch.logs;
  settings_.watch.poll = fresh_.watch.poll;
  settings_.watch.log_optional = fresh_.watch.log_optional;
  settings_.watch.cause_pages = fresh_.watch.cause_pages;
  settings_.watch.probes = fresh_.watch.probes;
  probes_->SetTargets(settings_.watch.probes);
  spdlog::set_level(spdlog::level::from_str(fresh_.log_level));
  look_ = true;
  EndReload(true);
  spdlog::info("configuration reloaded");
  for (const std::string& option : NeedRestart(settings_, fresh_)) {
    spdlog::warn("--{} has changed: it takes effect at a restart", option);
  }
}

void Watcher::RefuseReload(const std::string& why) {
  spdlog::error("reload refused: {}", why);
  EndReload(false);
}

void Watcher::EndReload(bool successful) {
  numbers_.last_reload_successful = successful;
  numbers_.last_reload_seconds = static_cast<double>(parts_.clock->WallNanoseconds()) / 1e9;
  dirty_ = true;
}

}  // namespace stickyd
