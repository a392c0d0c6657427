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
#include <map>
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
    for (auto it = watched_.begin(); it != watched_.end();) {
      if (std::find(directories.begin(), directories.end(), it->first) == directories.end()) {
        ::inotify_rm_watch(inotify_.get(), it->second);
        it = watched_.erase(it);
      } else {
        ++it;
      }
    }
    for (const std::string& directory : directories) {
      // Also those that are watched already: the path may lead to another directory by now.
      const int watch = ::inotify_add_watch(inotify_.get(), directory.c_str(), kChanges);
      if (watch < 0) return Refused(directory);
      watched_[directory] = watch;
    }
    return {};
  }

  void WatchDescriptors(const std::vector<int>& descriptors) override {
    if (descriptors == descriptors_) return;
    for (const int fd : descriptors_) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    descriptors_ = descriptors;
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
  std::map<std::string, int> watched_;
  std::vector<int> descriptors_;
};

}  // namespace

std::unique_ptr<Waker> MakeWaker() { return std::make_unique<EpollWaker>(); }

}  // namespace stickyd
