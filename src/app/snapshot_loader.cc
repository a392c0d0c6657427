// SPDX-License-Identifier: Apache-2.0
#include "snapshot_loader.h"

#include <utility>

namespace stickyd {

void SnapshotLoader::Load(const FileSystem& files, const std::string& folder,
                          std::function<void()> on_done) {
  loading_ = true;
  done_ = false;
  thread_ = start_([this, &files, folder, on_done = std::move(on_done)](const auto& stop) {
    found_ = folder.empty() ? SavedConfigs{} : ReadSavedConfigs(files, folder, stop);
    done_ = true;
    on_done();
  });
}

std::optional<Result<SavedConfigs>> SnapshotLoader::Take() {
  if (!loading_ || !done_) return std::nullopt;
  loading_ = false;
  return std::exchange(found_, SavedConfigs{});
}

}  // namespace stickyd
