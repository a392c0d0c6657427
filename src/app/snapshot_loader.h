// SPDX-License-Identifier: Apache-2.0
// snapshot_loader.h: reads --traefik.snapshot beside the pipeline: it can take seconds.
// Role:    the watcher starts it for a reload, and takes what it found in a later round.
// Shape:   one folder at a time.
// Errors:  those of ReadSavedConfigs, in the result.
// Threads: its owner's thread calls it; the reading has one of its own. A destructor waits for the
//          configuration being read, not for the rest.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <string>
#include <thread>

#include "stickyd/base/file_system.h"
#include "stickyd/base/result.h"
#include "stickyd/traefik/saved_configs.h"

namespace stickyd {

class SnapshotLoader {
 public:
  using Task = std::function<void(const std::stop_token&)>;
  // Starts a task; tests run it themselves.
  using Start = std::function<std::jthread(Task)>;
  static std::jthread InAThread(Task task) { return std::jthread(std::move(task)); }

  explicit SnapshotLoader(Start start) : start_(std::move(start)) {}

  // Reads `folder`; nothing if it is empty. `on_done` may be called from any thread.
  // REQUIRES: !loading().
  void Load(const FileSystem& files, const std::string& folder, std::function<void()> on_done);
  bool loading() const { return loading_; }
  // What was found, once it is.
  std::optional<Result<SavedConfigs>> Take();

 private:
  const Start start_;
  bool loading_ = false;
  std::atomic<bool> done_ = false;
  Result<SavedConfigs> found_;  // the task's, until it is done
  std::jthread thread_;         // last: it uses the others
};

}  // namespace stickyd
