// SPDX-License-Identifier: Apache-2.0
// hash_key.h: the key of the keyed hashes, kept in the state folder.
// Role:    commands that read logs ask for it before they start.
// Errors:  a key that cannot be read, kept or trusted is an error that says what to do; never a
//          second key beside one that is in use.
// Threads: thread-safe, also against other processes.
#pragma once

#include <string>

#include "stickyd/base/hash.h"
#include "stickyd/base/result.h"
#include "stickyd/base/state_file.h"

namespace stickyd {

// The key of `state_dir`/hash.key, made if there is none; a new one without a state directory.
Result<KeyedHash::Key> HashKey(const std::string& state_dir, FileCalls& calls = RealFileCalls());

// Would HashKey work? Makes and changes nothing.
Status TryHashKey(const std::string& state_dir);

}  // namespace stickyd
