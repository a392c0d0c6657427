// SPDX-License-Identifier: Apache-2.0
#include "clients.h"

#include <algorithm>
#include <array>
#include <set>
#include <utility>
#include <vector>

namespace stickyd {
namespace {

void Move(HttpClients::Client& client, std::list<HttpClients::Client>& to) {
  to.splice(to.end(), *client.list, client.self);
  client.list = &to;
}

}  // namespace

std::string_view Name(HttpDrop reason) {
  static constexpr std::array<std::string_view, kCountOf<HttpDrop>> names = {
      "idle", "slow", "unread", "memory", "full"};
  return names[static_cast<size_t>(reason)];
}

HttpClients::HttpClients(const HttpLimits& limits, HangUp hang_up)
    : limits_(limits), hang_up_(std::move(hang_up)) {}

void HttpClients::MakeRoom() {
  if (size() >= limits_.connections) DropOldest();
}

bool HttpClients::DropOldest() {
  if (waiting_.empty() && answering_.empty()) return false;
  const bool waiting = waiting_.size() > limits_.connections / 4 || answering_.empty();
  Drop(waiting ? waiting_.front() : answering_.front(), HttpDrop::kFull);
  return true;
}

HttpClients::Client& HttpClients::Enter(int fd, Time now) {
  Client& client = waiting_.emplace_back();
  client.fd = fd;
  client.since = now;
  client.list = &waiting_;
  client.self = std::prev(waiting_.end());
  return client;
}

void HttpClients::Works(Client& client) {
  if (client.list == &waiting_) Move(client, working_);
}

void HttpClients::Answers(Client& client, const void* body, size_t bytes, Time now) {
  if (client.list != &waiting_ && client.list != &working_) return;
  client.since = now;
  client.body = body;
  client.bytes = bytes;
  Move(client, answering_);
}

void HttpClients::Answered(Client& client, Time now) {
  if (client.list != &answering_) return;
  client.since = now;
  client.served = true;
  Move(client, waiting_);
}

void HttpClients::Leave(Client& client) { client.list->erase(client.self); }

void HttpClients::Expire(Time now) {
  while (!waiting_.empty() && now - waiting_.front().since >= limits_.request) {
    Client& client = waiting_.front();
    Drop(client, client.served ? HttpDrop::kIdle : HttpDrop::kSlow);
  }
  while (!answering_.empty() && now - answering_.front().since >= limits_.response) {
    Drop(answering_.front(), HttpDrop::kUnread);
  }
  DropHoarded();
}

// The newest answers stay; one of any size may.
void HttpClients::DropHoarded() {
  std::set<const void*> kept;
  std::vector<Client*> dropped;
  size_t bytes = 0;
  for (auto at = answering_.rbegin(); at != answering_.rend(); ++at) {
    if (at->body == nullptr || kept.contains(at->body)) continue;
    if (!kept.empty() && bytes + at->bytes > limits_.pending_bytes) {
      dropped.push_back(&*at);
    } else {
      kept.insert(at->body);
      bytes += at->bytes;
    }
  }
  for (Client* client : dropped) Drop(*client, HttpDrop::kMemory);
}

std::optional<HttpClients::Time> HttpClients::next_deadline() const {
  std::optional<Time> next;
  if (!waiting_.empty()) next = waiting_.front().since + limits_.request;
  if (answering_.empty()) return next;
  const Time response = answering_.front().since + limits_.response;
  return next ? std::min(*next, response) : response;
}

void HttpClients::Drop(Client& client, HttpDrop reason) {
  ++drops_[reason];
  hang_up_(client.fd, reason);
  Move(client, leaving_);
}

}  // namespace stickyd
