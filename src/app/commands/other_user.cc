// SPDX-License-Identifier: Apache-2.0
#include "other_user.h"

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kRoomForNames = 16384;

struct Who {
  uid_t user = 0;
  gid_t group = 0;
  std::vector<gid_t> groups;
};

Error OfSystem(const std::string& what) {
  return {ErrorCode::kPermission, what + ": " + std::strerror(errno)};
}

Result<gid_t> GroupOf(const std::string& name) {
  std::vector<char> room(kRoomForNames);
  group entry{};
  group* found = nullptr;
  getgrnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr) return Fail(ErrorCode::kNotFound, "there is no group '" + name + "'");
  return found->gr_gid;
}

Result<Who> Find(const std::string& text) {
  const size_t colon = text.find(':');
  const std::string name = text.substr(0, colon);
  std::vector<char> room(kRoomForNames);
  passwd entry{};
  passwd* found = nullptr;
  getpwnam_r(name.c_str(), &entry, room.data(), room.size(), &found);
  if (found == nullptr) return Fail(ErrorCode::kNotFound, "there is no user '" + name + "'");
  Who who{found->pw_uid, found->pw_gid, std::vector<gid_t>(64)};
  int count = static_cast<int>(who.groups.size());
  while (getgrouplist(name.c_str(), who.group, who.groups.data(), &count) < 0) {
    who.groups.resize(static_cast<size_t>(count));
  }
  who.groups.resize(static_cast<size_t>(count));
  std::string problem;
  if (colon != std::string::npos) {
    ForEachPart(std::string_view(text).substr(colon + 1), ',', [&](std::string_view part) {
      auto group = GroupOf(std::string(part));
      if (group) {
        who.groups.push_back(*group);
      } else {
        problem = group.error().message;
      }
    });
  }
  if (!problem.empty()) return Fail(ErrorCode::kNotFound, problem);
  return who;
}

bool Become(const Who& who) {
  return setgroups(who.groups.size(), who.groups.data()) == 0 && setgid(who.group) == 0 &&
         setuid(who.user) == 0;
}

}  // namespace

Result<int> RunAs(const std::string& text, const std::function<int()>& work) {
  auto who = Find(text);
  if (!who) return tl::unexpected(who.error());
  if (geteuid() == who->user) return work();
  if (geteuid() != 0) return Fail(ErrorCode::kPermission, "only root can look as another user");
  std::fflush(nullptr);
  const pid_t child = fork();
  if (child < 0) return tl::unexpected(OfSystem("fork"));
  if (child == 0) {
    int code = 1;
    if (Become(*who)) {
      code = work();
    } else {
      std::fputs(("stickyd: " + OfSystem("to become " + text).message + "\n").c_str(), stderr);
    }
    if (std::fflush(stdout) != 0) code = 1;
    _exit(code);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return tl::unexpected(OfSystem("waitpid"));
  }
  if (!WIFEXITED(status)) return Fail(ErrorCode::kIo, "the look ended by a signal");
  return WEXITSTATUS(status);
}

}  // namespace stickyd
