// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/waker.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <set>
#include <system_error>

#include "stickyd/base/fd.h"

namespace stickyd {
namespace {

constexpr uint32_t kChanges = IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                              IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF;

class EpollWaker : public Waker {
 public:
  EpollWaker()
      : epoll_(::epoll_create1(EPOLL_CLOEXEC)), wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (!epoll_ || !wake_) throw std::system_error(errno, std::generic_category(), "epoll");
    Add(wake_.get());
  }

  Status WatchDirectories(const std::vector<std::string>& directories) override {
    if (!inotify_) {
      inotify_.Reset(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
      if (!inotify_) return Refused("inotify");
      Add(inotify_.get());
    }
    Status status;
    std::set<int> watched;
    for (const std::string& directory : directories) {
      // Also those that are watched already: the path may lead to another directory by now. One
      // directory has one watch, however many paths lead to it.
      const int watch = ::inotify_add_watch(inotify_.get(), directory.c_str(), kChanges);
      if (watch >= 0) watched.insert(watch);
      if (watch < 0 && status) status = Refused(directory);
    }
    // What no path leads to any more; watches are few, and folders may be renamed every day.
    for (const int watch : watched_) {
      if (!watched.contains(watch)) ::inotify_rm_watch(inotify_.get(), watch);
    }
    watched_ = std::move(watched);
    return status;
  }

  void WatchDescriptors(const std::vector<int>& descriptors) override {
    for (const int fd : descriptors_) {
      if (std::find(descriptors.begin(), descriptors.end(), fd) == descriptors.end())
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    }
    descriptors_ = descriptors;
    // Also those that are waited for already: the number may be another pipe's by now. Is it not,
    // that changes nothing.
    for (const int fd : descriptors_) Add(fd);
  }

  bool Wait(std::chrono::milliseconds timeout) override {
    std::array<epoll_event, 16> events{};
    const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(timeout.count()));
    for (int i = 0; i < count; ++i) Drain(events[static_cast<size_t>(i)].data.fd);
    return count > 0;
  }

  void Pause(std::chrono::milliseconds time) override {
    pollfd woken{wake_.get(), POLLIN, 0};
    ::poll(&woken, 1, static_cast<int>(time.count()));
  }

  void Wake() override {
    const uint64_t one = 1;
    (void)!::write(wake_.get(), &one, sizeof one);
  }

 private:
  void Add(int fd) {
    epoll_event event{};
    // Edge-triggered for pipes: one that is at its end would wake for ever.
    const bool own = fd == wake_.get() || fd == inotify_.get();
    event.events = EPOLLIN | (own ? 0U : static_cast<uint32_t>(EPOLLET));
    event.data.fd = fd;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event);
  }
  void Drain(int fd) {
    std::array<char, 16384> buffer;  // NOLINT: only thrown away
    if (fd != wake_.get() && fd != inotify_.get()) return;
    while (::read(fd, buffer.data(), buffer.size()) == static_cast<ssize_t>(buffer.size())) {
    }
  }
  static Status Refused(const std::string& what) {
    return Fail(ErrorCode::kIo, what + ": " + std::strerror(errno));
  }

  UniqueFd epoll_;
  UniqueFd wake_;
  UniqueFd inotify_;
  std::set<int> watched_;
  std::vector<int> descriptors_;
};

}  // namespace

std::unique_ptr<Waker> MakeWaker() { return std::make_unique<EpollWaker>(); }

}  // namespace stickyd
