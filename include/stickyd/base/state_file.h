// SPDX-License-Identifier: Apache-2.0
// state_file.h: a small file that is there whole or not at all, whatever fails or ends meanwhile.
// Role:    app keeps the hash key in one. What is appended goes through output_file.h instead.
// Shape:   the text is written into a new file beside the old one, under a name that nobody else
//          has, and made durable. Then the new file gets its name, and that is made durable, too.
// Errors:  whichever step fails, the file is either as it was before or wholly the new one. Nothing
//          is left beside it, and the call can be repeated. A process that is killed in the middle
//          can leave a PATH.new-..., which nobody ever reads.
// Threads: thread-safe, also against other processes: of several that write at a time with
//          IfThere::kKeep one succeeds and the others are told.
// Source:  link(2) never replaces a file, rename(2) does. Both happen at once or not at all.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include "stickyd/base/result.h"

namespace stickyd {

// The system's calls, so that tests can make each of them fail. Results and errno are theirs.
class FileCalls {
 public:
  virtual ~FileCalls() = default;
  virtual int Open(const std::string& path, int flags, mode_t mode);
  virtual ssize_t Write(int fd, std::string_view bytes);
  virtual int Sync(int fd);
  virtual int Link(const std::string& from, const std::string& to);
  virtual int Rename(const std::string& from, const std::string& to, unsigned flags);
  virtual int Unlink(const std::string& path);
};

// The calls of this machine. It lives forever.
FileCalls& RealFileCalls();

enum class IfThere {
  kKeep,    // fails with kExists
  kReplace  // the last one who writes wins
};

// The owner alone may read and write the file.
Status WriteStateFile(const std::string& path, std::string_view content, IfThere if_there,
                      FileCalls& calls = RealFileCalls());

}  // namespace stickyd
