#include "stickyd/expose/http_server.h"

#include <microhttpd.h>

#include <cstring>
#include <string_view>

#include "page.h"
#include "stickyd/expose/exposition.h"
#include "stickyd/expose/listen_address.h"
#include "stickyd/expose/metrics.h"

namespace stickyd {
namespace {

// Per address. Slow clients cost a connection each, never a thread.
constexpr unsigned kMostConnections = 64;
constexpr unsigned kIdleSeconds = 5;
constexpr size_t kConnectionBytes = 16384;  // for the request's head, too
constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";

struct Request {
  std::string_view method;
  std::string_view path;
  std::string_view accept;
  bool gzip = false;
};

struct Response {
  unsigned status = MHD_HTTP_OK;
  const char* type = kText;
  std::string body;
};

std::string_view Header(MHD_Connection* connection, const char* name) {
  const char* value = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::string_view() : value;
}

MHD_Result Send(MHD_Connection* connection, Response response, bool gzip) {
  auto* body = new std::string(gzip ? Gzip(response.body) : std::move(response.body));
  MHD_Response* answer = MHD_create_response_from_buffer_with_free_callback_cls(
      body->size(), body->data(), [](void* text) { delete static_cast<std::string*>(text); }, body);
  if (answer == nullptr) {
    delete body;
    return MHD_NO;
  }
  const std::pair<const char*, const char*> headers[] = {
      {"Content-Type", response.type},
      {"Cache-Control", "no-store"},
      {"Vary", "Accept, Accept-Encoding"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"}};
  for (const auto& [name, value] : headers) MHD_add_response_header(answer, name, value);
  if (gzip) MHD_add_response_header(answer, "Content-Encoding", "gzip");
  if (response.status == MHD_HTTP_METHOD_NOT_ALLOWED)
    MHD_add_response_header(answer, "Allow", "GET, HEAD, POST, PUT");
  const MHD_Result result = MHD_queue_response(connection, response.status, answer);
  MHD_destroy_response(answer);
  return result;
}

struct StopDaemon {
  void operator()(MHD_Daemon* daemon) const { MHD_stop_daemon(daemon); }
};

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const Options& options, Callbacks callbacks)
      : options_(options), callbacks_(std::move(callbacks)) {}

  Status Start() {
    for (const std::string& text : options_.addresses) {
      const auto address = ListenAddress::Parse(text);
      if (!address) return tl::unexpected(address.error());
      auto socket = address->Listen();
      if (!socket) return tl::unexpected(socket.error());
      addresses_.push_back(AddressOf(socket->get()));
      if (!StartOn(*socket)) return Fail(ErrorCode::kIo, "cannot start a server on " + text);
    }
    return {};
  }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  // A thread per address; the daemon owns the socket from then on.
  bool StartOn(UniqueFd& socket) {
    MHD_Daemon* daemon = MHD_start_daemon(
        MHD_USE_AUTO | MHD_USE_INTERNAL_POLLING_THREAD, 0, nullptr, nullptr, &Impl::Handle, this,
        MHD_OPTION_LISTEN_SOCKET, socket.get(), MHD_OPTION_CONNECTION_LIMIT, kMostConnections,
        MHD_OPTION_CONNECTION_TIMEOUT, kIdleSeconds, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        kConnectionBytes, MHD_OPTION_END);
    if (daemon == nullptr) return false;
    socket.Release();
    daemons_.emplace_back(daemon);
    return true;
  }

  // Called at the request's head, for each piece of its body, and at its end.
  static MHD_Result Handle(void* self, MHD_Connection* connection, const char* path,
                           const char* method, const char* /*version*/, const char* /*body*/,
                           size_t* body_size, void** seen) {
    if (*seen == nullptr) {
      *seen = self;
      return MHD_YES;
    }
    if (*body_size != 0) {  // whatever it is, it is not wanted
      *body_size = 0;
      return MHD_YES;
    }
    Request request{method, path, Header(connection, "Accept"),
                    TakesGzip(Header(connection, "Accept-Encoding"))};
    try {
      return Send(connection, static_cast<Impl*>(self)->Answer(request), request.gzip);
    } catch (const std::exception&) {
      return MHD_NO;  // no memory: the connection is closed
    }
  }

  Response Answer(const Request& request) const {
    const std::string_view path = request.path;
    if (path == "/-/reload") {
      if (request.method != "POST" && request.method != "PUT")
        return {MHD_HTTP_METHOD_NOT_ALLOWED, kText, "POST reloads\n"};
      callbacks_.reload();
      return {MHD_HTTP_ACCEPTED, kText, "reloading\n"};
    }
    if (request.method != "GET" && request.method != "HEAD")
      return {MHD_HTTP_METHOD_NOT_ALLOWED, kText, "GET only\n"};
    if (path == "/-/healthy") {
      return callbacks_.alive() ? Response{MHD_HTTP_OK, kText, "healthy\n"}
                                : Response{MHD_HTTP_SERVICE_UNAVAILABLE, kText,
                                           "the pipeline makes no progress\n"};
    }
    auto status = callbacks_.status();
    if (path == "/-/ready" && status && status->ready) return {MHD_HTTP_OK, kText, "ready\n"};
    const bool metrics = path == options_.telemetry_path;
    if (!metrics && path != "/" && path != "/-/ready")
      return {MHD_HTTP_NOT_FOUND, kText, "not found\n"};
    if (!status || path == "/-/ready") return {MHD_HTTP_SERVICE_UNAVAILABLE, kText, "not ready\n"};
    if (!metrics) return {MHD_HTTP_OK, kHtml, StatusPage(*status, options_.telemetry_path)};
    const StatusCollectable collectable([&] { return status; });
    const ExpositionFormat format = FormatFor(request.accept);
    return {MHD_HTTP_OK, ContentType(format), Exposition(collectable.Collect(), format)};
  }

  const Options options_;
  const Callbacks callbacks_;
  std::vector<std::string> addresses_;
  std::vector<std::unique_ptr<MHD_Daemon, StopDaemon>> daemons_;  // last: they use the others
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::Start(const Options& options, Callbacks callbacks) {
  auto impl = std::make_unique<Impl>(options, std::move(callbacks));
  if (auto status = impl->Start(); !status) return tl::unexpected(status.error());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

const std::vector<std::string>& HttpServer::addresses() const { return impl_->addresses(); }

}  // namespace stickyd
