// SPDX-License-Identifier: Apache-2.0
#include "interruption.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdint>

namespace stickyd {
namespace {

// What a signal handler may touch.
std::atomic<bool> asked_for{false};
std::atomic<int> event_descriptor{-1};
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void Note(int /*signal*/) {
  const int before = errno;
  asked_for = true;
  const uint64_t one = 1;
  (void)!::write(event_descriptor, &one, sizeof one);
  errno = before;
}

}  // namespace

Interruption::Interruption() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  asked_for = false;
  event_descriptor = event_.get();
  struct sigaction action {};
  action.sa_handler = Note;
  action.sa_flags = static_cast<int>(SA_RESETHAND | SA_RESTART);
  ::sigaction(SIGINT, &action, nullptr);
}

Interruption::~Interruption() {
  std::signal(SIGINT, SIG_DFL);
  event_descriptor = -1;
}

bool Interruption::asked() const { return asked_for; }

}  // namespace stickyd
