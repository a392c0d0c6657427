// SPDX-License-Identifier: Apache-2.0
// one_key.h: a state folder whose key is always the same.
// The tables that hold suspicions are small on purpose: under some keys two clients share a place,
// and a cause or a piece of evidence is lost. With one key every run of a test says the same.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "stickyd/base/hash.h"
#include "support/temp_dir.h"

namespace stickyd {

inline std::string FolderOfOneKey() {
  static const TempDir folder;
  static const bool written = [] {
    std::ofstream(folder.path() / "hash.key") << std::string(KeyedHash::kKeyBytes, 'k');
    return true;
  }();
  EXPECT_TRUE(written);
  return folder.path().string();
}

}  // namespace stickyd
