// SPDX-License-Identifier: Apache-2.0
#include "loop.h"

#include <microhttpd.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <thread>

#include "clients.h"
#include "later_answer.h"
#include "stickyd/base/fd.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;

constexpr size_t kConnectionBytes = 16384;  // for the request's head, too
// Of answers in the kernel; it would take megabytes for each client that reads nothing.
constexpr int kSendBytes = 131072;
// Without descriptors, accept would fail again at once.
constexpr milliseconds kRest{100};
constexpr milliseconds kLongestWait{60'000};

std::string_view Header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view() : value;
}

std::string_view Argument(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_GET_ARGUMENT_KIND, name);
  return value == nullptr ? std::string_view() : value;
}

// Of a head, what two readers could take differently.
struct Head {
  unsigned hosts = 0;
  unsigned lengths = 0;
  unsigned encodings = 0;
  bool odd = false;

  static MHD_Result Look(void* self, MHD_ValueKind /*kind*/, const char* name, const char* value) {
    Head& head = *static_cast<Head*>(self);
    const std::string_view what = name;
    const std::string_view says = value == nullptr ? "" : value;
    if (EqualsIgnoreCase(what, "Host")) ++head.hosts;
    if (EqualsIgnoreCase(what, "Content-Length")) ++head.lengths;
    const bool encoding = EqualsIgnoreCase(what, "Transfer-Encoding");
    if (encoding) ++head.encodings;
    if (what.find_first_of(" \t") != std::string_view::npos) head.odd = true;
    if (encoding && !EqualsIgnoreCase(says, "chunked")) head.odd = true;
    return MHD_YES;
  }
};

// RFC 9112 3.2 and 6.1 ask for most of it.
bool IsClear(MHD_Connection* connection, std::string_view version) {
  Head head;
  MHD_get_connection_values(connection, MHD_HEADER_KIND, &Head::Look, &head);
  const bool host = head.hosts == 1 || (head.hosts == 0 && version == "HTTP/1.0");
  return host && !head.odd && head.lengths + head.encodings <= 1;
}

// A path that is a C string afterwards must not end at a %00.
size_t Unescape(void* /*none*/, MHD_Connection* /*connection*/, char* text) {
  return std::strstr(text, "%00") == nullptr ? MHD_http_unescape(text) : std::strlen(text);
}

MHD_Response* MakeResponse(const ServedAnswer& answer) {
  auto* body = new std::shared_ptr<const std::string>(answer.body);
  const auto free_body = [](void* held) {
    delete static_cast<std::shared_ptr<const std::string>*>(held);
  };
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-const-cast): it only reads them.
  void* bytes = const_cast<char*>((*body)->data());
  MHD_Response* response = MHD_create_response_from_buffer_with_free_callback_cls(
      (*body)->size(), bytes, free_body, body);
  if (response == nullptr) free_body(body);
  return response;
}

MHD_Result Queue(MHD_Connection* connection, const ServedAnswer& answer) {
  MHD_Response* response = MakeResponse(answer);
  if (response == nullptr) return MHD_NO;
  const std::pair<const char*, const char*> headers[] = {
      {"Content-Type", answer.type},
      {"Cache-Control", "no-store"},
      {"Vary", "Accept, Accept-Encoding"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}};
  for (const auto& [name, value] : headers) MHD_add_response_header(response, name, value);
  if (answer.gzip) MHD_add_response_header(response, "Content-Encoding", "gzip");
  if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header(response, "Allow", "GET, HEAD, POST, PUT");
  const MHD_Result result = MHD_queue_response(connection, answer.status, response);
  MHD_destroy_response(response);
  return result;
}

// What of a client is unsent would stay in the kernel for minutes: it is thrown away. To end one
// that is idle is no fault of its, so it is told.
void HangUp(int socket, HttpDrop reason) {
  const linger none{1, 0};
  if (reason != HttpDrop::kIdle) ::setsockopt(socket, SOL_SOCKET, SO_LINGER, &none, sizeof(none));
  ::shutdown(socket, SHUT_RDWR);
}

struct StopDaemon {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

struct Peer {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the socket API is like that.
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&address); }
};

}  // namespace

class HttpLoop::Impl {
 public:
  Impl(const HttpLimits& limits, const Clock& clock, Handler handler)
      : clock_(clock),
        handler_(std::move(handler)),
        clients_(limits, HangUp),
        // So many are taken between two looks at what they say that none of them goes unheard.
        batch_(std::max<size_t>(limits.connections / 8, 1)) {}

  ~Impl() {
    stop_ = true;
    if (*wake_) ::eventfd_write(wake_->get(), 1);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Start(const std::vector<std::string>& addresses, const HttpLimits& limits) {
    for (const std::string& text : addresses) {
      const auto address = ListenAddress::Parse(text);
      if (!address) return tl::unexpected(address.error());
      auto socket = address->Listen();
      if (!socket) return tl::unexpected(socket.error());
      // Connections inherit it.
      ::setsockopt(socket->get(), SOL_SOCKET, SO_SNDBUF, &kSendBytes, sizeof(kSendBytes));
      addresses_.push_back(AddressOf(socket->get()));
      listeners_.push_back(std::move(*socket));
    }
    on_loopback_ = std::all_of(addresses_.begin(), addresses_.end(), IsLoopback);
    wake_->Reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!*wake_ || !StartDaemon(limits)) {
      return Fail(ErrorCode::kIo, std::string("cannot serve HTTP: ") + std::strerror(errno));
    }
    thread_ = std::jthread([this] { Run(); });
    return {};
  }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  // Its own limit is out of reach: those that were hung up count until it has closed them.
  bool StartDaemon(const HttpLimits& limits) {
    const auto most = static_cast<unsigned>(2 * limits.connections + batch_ * listeners_.size());
    daemon_.reset(MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, nullptr, nullptr,
        &Impl::Handle, this, MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        kConnectionBytes, MHD_OPTION_NOTIFY_CONNECTION, &Impl::OnConnection, this,
        MHD_OPTION_NOTIFY_COMPLETED, &Impl::OnCompleted, this, MHD_OPTION_UNESCAPE_CALLBACK,
        &Unescape, nullptr, MHD_OPTION_END));
    if (daemon_ == nullptr) return false;
    const MHD_DaemonInfo* info = MHD_get_daemon_info(daemon_.get(), MHD_DAEMON_INFO_EPOLL_FD);
    polled_.push_back({wake_->get(), POLLIN, 0});
    polled_.push_back({info->epoll_fd, POLLIN, 0});
    for (const UniqueFd& listener : listeners_) polled_.push_back({listener.get(), POLLIN, 0});
    return true;
  }

  void Run() {
    while (!stop_) {
      const HttpClients::Time now = clock_.Now();
      const bool resting = now < rest_until_;
      for (size_t i = kListeners; i < polled_.size(); ++i) {
        polled_[i].events = static_cast<int16_t>(resting ? 0 : POLLIN);
      }
      ::poll(polled_.data(), polled_.size(), Timeout(now));
      for (size_t i = kListeners; i < polled_.size(); ++i) {
        if ((polled_[i].revents & POLLIN) != 0) Accept(polled_[i].fd);
      }
      ResumeAnswered();
      MHD_run(daemon_.get());
      clients_.Expire(clock_.Now());
    }
    // Nobody waits for them any more, and the daemon cannot end before.
    for (const Later& later : later_) {
      if (!later.answer) MHD_resume_connection(later.connection);
    }
  }

  // Connections whose answer is there now: the next MHD_run asks Handle for it.
  void ResumeAnswered() {
    eventfd_t times = 0;
    ::eventfd_read(wake_->get(), &times);
    for (Later& later : later_) {
      if (later.answer) continue;
      later.answer = later.maker->Take();
      if (later.answer) MHD_resume_connection(later.connection);
    }
  }

  MHD_Result Suspend(MHD_Connection* connection, const std::shared_ptr<LaterAnswer>& maker) {
    clients_.Works(ClientOf(connection));
    MHD_suspend_connection(connection);
    later_.push_back({connection, maker, nullptr});
    maker->Await([wake = wake_] { ::eventfd_write(wake->get(), 1); });
    return MHD_YES;
  }

  // The answer that this connection has waited for; nothing: it has not.
  std::unique_ptr<ServedAnswer> TakeLater(MHD_Connection* connection) {
    const auto at = std::find_if(later_.begin(), later_.end(), [&](const Later& later) {
      return later.connection == connection;
    });
    if (at == later_.end()) return nullptr;
    std::unique_ptr<ServedAnswer> answer = std::move(at->answer);
    later_.erase(at);
    return answer;
  }

  // In milliseconds; -1: until something happens.
  int Timeout(HttpClients::Time now) const {
    unsigned long long pending = 0;
    if (MHD_get_timeout(daemon_.get(), &pending) == MHD_YES && pending == 0) return 0;
    auto next = clients_.next_deadline();
    if (rest_until_ > now) next = next ? std::min(*next, rest_until_) : rest_until_;
    if (!next) return -1;
    const auto wait = std::chrono::ceil<milliseconds>(*next - now);
    return static_cast<int>(std::clamp(wait, milliseconds(0), kLongestWait).count());
  }

  void Accept(int listener) {
    for (size_t n = 0; n < batch_; ++n) {
      Peer peer;
      const int socket = ::accept4(listener, peer.get(), &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (socket >= 0) {
        clients_.MakeRoom();
        MHD_add_connection(daemon_.get(), socket, peer.get(), peer.size);  // closes it if it fails
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return;
      } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
        clients_.DropOldest();
        rest_until_ = clock_.Now() + kRest;
        return;
      }  // else the client has gone already
    }
  }

  static void OnConnection(void* self, MHD_Connection* connection, void** client,
                           MHD_ConnectionNotificationCode what) {
    auto* impl = static_cast<Impl*>(self);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
      const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
      *client = &impl->clients_.Enter(info->connect_fd, impl->clock_.Now());
    } else {
      impl->TakeLater(connection);
      impl->clients_.Leave(*static_cast<HttpClients::Client*>(*client));
    }
  }

  static void OnCompleted(void* self, MHD_Connection* connection, void** /*seen*/,
                          MHD_RequestTerminationCode /*how*/) {
    auto* impl = static_cast<Impl*>(self);
    impl->clients_.Answered(ClientOf(connection), impl->clock_.Now());
  }

  static HttpClients::Client& ClientOf(MHD_Connection* connection) {
    const auto* info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    return *static_cast<HttpClients::Client*>(info->socket_context);
  }

  // Called at the request's head, for each piece of its body, and at its end.
  static MHD_Result Handle(void* self, MHD_Connection* connection, const char* target,
                           const char* method, const char* version, const char* /*body*/,
                           size_t* body_size, void** seen) {
    auto* impl = static_cast<Impl*>(self);
    if (*seen == nullptr) {
      *seen = self;
      return IsClear(connection, version) ? MHD_YES : impl->Refuse(connection);
    }
    if (*body_size != 0) {  // whatever it is, it is not wanted
      *body_size = 0;
      return MHD_YES;
    }
    const ServedRequest request{method,
                                target,
                                Header(connection, "Host"),
                                Header(connection, "Origin"),
                                Header(connection, "Sec-Fetch-Site"),
                                Header(connection, "Accept"),
                                Header(connection, "Accept-Encoding"),
                                Header(connection, "X-Prometheus-Scrape-Timeout-Seconds"),
                                Argument(connection, "target"),
                                Argument(connection, "debug"),
                                impl->on_loopback_};
    try {
      if (const auto later = impl->TakeLater(connection)) return impl->Send(connection, *later);
      const ServedAnswer answer = impl->handler_(request, impl->clients_.drops());
      return answer.later != nullptr ? impl->Suspend(connection, answer.later)
                                     : impl->Send(connection, answer);
    } catch (const std::exception&) {
      return MHD_NO;  // no memory: the connection is closed
    }
  }

  // Before anything behind the head is read: so the connection is closed, and what follows is not
  // taken for another request.
  MHD_Result Refuse(MHD_Connection* connection) {
    static const auto why = std::make_shared<const std::string>("this can be read in two ways\n");
    return Send(connection, {MHD_HTTP_BAD_REQUEST, ServedAnswer::kText, why});
  }

  MHD_Result Send(MHD_Connection* connection, const ServedAnswer& answer) {
    const MHD_Result result = Queue(connection, answer);
    if (result == MHD_YES) {
      clients_.Answers(ClientOf(connection), answer.body.get(), answer.body->size(), clock_.Now());
    }
    return result;
  }

  struct Later {
    MHD_Connection* connection;  // it is suspended until its answer is there
    std::shared_ptr<LaterAnswer> maker;
    std::unique_ptr<ServedAnswer> answer;
  };

  static constexpr size_t kListeners = 2;  // in polled_, behind wake_ and the daemon

  const Clock& clock_;
  const Handler handler_;
  HttpClients clients_;
  const size_t batch_;
  std::vector<std::string> addresses_;
  std::vector<UniqueFd> listeners_;
  bool on_loopback_ = false;
  // Shared with who makes an answer, and may be at it when this ends.
  const std::shared_ptr<UniqueFd> wake_ = std::make_shared<UniqueFd>();
  std::atomic<bool> stop_ = false;
  HttpClients::Time rest_until_;
  std::vector<Later> later_;
  std::vector<pollfd> polled_;
  std::unique_ptr<MHD_Daemon, StopDaemon> daemon_;
  std::jthread thread_;  // last: it uses the others
};

HttpLoop::HttpLoop(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpLoop::~HttpLoop() = default;

Result<std::unique_ptr<HttpLoop>> HttpLoop::Start(const std::vector<std::string>& addresses,
                                                  const HttpLimits& limits, const Clock& clock,
                                                  Handler handler) {
  auto impl = std::make_unique<Impl>(limits, clock, std::move(handler));
  if (auto status = impl->Start(addresses, limits); !status) {
    return tl::unexpected(status.error());
  }
  return std::unique_ptr<HttpLoop>(new HttpLoop(std::move(impl)));
}

const std::vector<std::string>& HttpLoop::addresses() const { return impl_->addresses(); }

}  // namespace stickyd
