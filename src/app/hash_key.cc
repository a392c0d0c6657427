// SPDX-License-Identifier: Apache-2.0
#include "hash_key.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "stickyd/base/fd.h"
#include "stickyd/base/file_system.h"

namespace stickyd {
namespace {

using Key = KeyedHash::Key;

std::string KeyFile(const std::string& state_dir) { return state_dir + "/hash.key"; }

struct Stored {
  enum class State { kNone, kEmpty, kWhole } state = State::kNone;
  Key key{};
};

Result<Stored> ReadKey(const std::string& state_dir) {
  const std::string path = KeyFile(state_dir);
  const auto text = ReadWholeFile(RealFileSystem(), path, size_t{1} << 20U);
  if (!text && text.error().code == ErrorCode::kNotFound) return Stored();
  if (!text) return Fail(ErrorCode::kInvalidInput, text.error().message);
  if (text->empty()) return Stored{Stored::State::kEmpty, {}};
  Stored stored{Stored::State::kWhole, {}};
  if (text->size() != stored.key.size()) {
    return Fail(ErrorCode::kInvalidInput,
                path + ": has " + std::to_string(text->size()) + " bytes, and a key has " +
                    std::to_string(stored.key.size()) +
                    ": restore it, or remove it for a new one (sessions get other hashes then)");
  }
  std::memcpy(stored.key.data(), text->data(), stored.key.size());
  return stored;
}

Status WriteKey(const std::string& state_dir, const Key& key, IfThere if_there, FileCalls& calls) {
  return WriteStateFile(KeyFile(state_dir), {reinterpret_cast<const char*>(key.data()), key.size()},
                        if_there, calls);
}

// Earlier versions made the file before its content, and a full disk left it empty. No hash was
// ever made with that, so it may be replaced; by one process at a time, which looks again first.
Status ReplaceEmpty(const std::string& state_dir, const Key& key, FileCalls& calls) {
  const UniqueFd folder(::open(state_dir.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!folder || ::flock(folder.get(), LOCK_EX | LOCK_NB) != 0) {
    return Fail(ErrorCode::kIo, KeyFile(state_dir) +
                                    ": is empty, and its folder cannot be locked (" +
                                    std::strerror(errno) + "): remove the file");
  }
  const auto stored = ReadKey(state_dir);
  if (!stored) return tl::unexpected(stored.error());
  if (stored->state != Stored::State::kEmpty) return Fail(ErrorCode::kExists, "");
  return WriteKey(state_dir, key, IfThere::kReplace, calls);
}

}  // namespace

Result<Key> HashKey(const std::string& state_dir, FileCalls& calls) {
  const Key fresh = KeyedHash::RandomKey();
  if (state_dir.empty()) return fresh;
  constexpr int kAttempts = 3;
  for (int i = 0; i < kAttempts; ++i) {
    const auto stored = ReadKey(state_dir);
    if (!stored) return tl::unexpected(stored.error());
    if (stored->state == Stored::State::kWhole) return stored->key;
    const Status written = stored->state == Stored::State::kNone
                               ? WriteKey(state_dir, fresh, IfThere::kKeep, calls)
                               : ReplaceEmpty(state_dir, fresh, calls);
    if (written) return fresh;
    // Another process was faster: its key is everybody's.
    if (written.error().code != ErrorCode::kExists) return tl::unexpected(written.error());
  }
  return Fail(ErrorCode::kIo, KeyFile(state_dir) +
                                  ": is there and cannot be read (a link that leads nowhere?): "
                                  "remove it");
}

Status TryHashKey(const std::string& state_dir) {
  if (state_dir.empty()) return {};
  const auto stored = ReadKey(state_dir);
  if (!stored) return tl::unexpected(stored.error());
  if (stored->state == Stored::State::kWhole) return {};
  // The last part fails where it is a file.
  if (::access((state_dir + "/.").c_str(), W_OK | X_OK) == 0) return {};
  return Fail(ErrorCode::kIo, state_dir + ": " + std::strerror(errno));
}

}  // namespace stickyd
