#include "stickyd/expose/http_server.h"

#include <civetweb.h>
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <mutex>

#include "page.h"
#include "stickyd/expose/metrics.h"

namespace stickyd {
namespace {

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kHtml = "text/html; charset=utf-8";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";

struct Response {
  int status = 200;
  const char* type = kText;
  std::string body;
};

const char* ReasonOf(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 202:
      return "Accepted";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    default:
      return "Service Unavailable";
  }
}

void Send(mg_connection* connection, const Response& response, bool with_body) {
  const std::string head = fmt::format(
      "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
      "X-Content-Type-Options: nosniff\r\nContent-Security-Policy: default-src 'none'; style-src "
      "'unsafe-inline'\r\nConnection: close\r\n\r\n",
      response.status, ReasonOf(response.status), response.type, response.body.size());
  mg_write(connection, head.data(), head.size());
  if (with_body) mg_write(connection, response.body.data(), response.body.size());
}

std::once_flag library_once;

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const Options& options, Callbacks callbacks)
      : options_(options), callbacks_(std::move(callbacks)) {}
  ~Impl() {
    if (context_ != nullptr) mg_stop(context_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  Status Start() {
    std::call_once(library_once, [] { mg_init_library(0); });
    std::string ports;
    for (const std::string& address : options_.addresses) {
      ports += (ports.empty() ? "" : ",") + ToPort(address);
    }
    const std::array<const char*, 15> settings = {"listening_ports",
                                                  ports.c_str(),
                                                  "num_threads",
                                                  "4",
                                                  "connection_queue",
                                                  "16",
                                                  "request_timeout_ms",
                                                  "5000",
                                                  "max_request_size",
                                                  "16384",
                                                  "enable_keep_alive",
                                                  "no",
                                                  "enable_directory_listing",
                                                  "no",
                                                  nullptr};
    mg_callbacks callbacks{};
    callbacks.log_message = [](const mg_connection* connection, const char* message) {
      auto* self = static_cast<Impl*>(mg_get_user_data(mg_get_context(connection)));
      if (self != nullptr && self->context_ == nullptr) self->start_error_ = message;
      return 1;
    };
    context_ = mg_start(&callbacks, this, const_cast<const char**>(settings.data()));
    if (context_ == nullptr) {
      return Fail(ErrorCode::kIo, "cannot listen on " + ports +
                                      (start_error_.empty() ? std::string() : ": " + start_error_));
    }
    mg_set_request_handler(context_, "/", &Impl::Handle, this);
    FindAddresses();
    return {};
  }

  const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  // civetweb takes [address:]port.
  static std::string ToPort(const std::string& address) {
    return address.starts_with(':') ? address.substr(1) : address;
  }

  void FindAddresses() {
    std::array<mg_server_port, 16> ports{};
    const int count = mg_get_server_ports(context_, static_cast<int>(ports.size()), ports.data());
    for (size_t i = 0; i < options_.addresses.size(); ++i) {
      const std::string& asked = options_.addresses[i];
      const std::string host = asked.substr(0, asked.rfind(':'));
      const int port = static_cast<int>(i) < count ? ports[i].port : 0;
      addresses_.push_back(fmt::format("{}:{}", host.empty() ? "0.0.0.0" : host, port));
    }
  }

  static int Handle(mg_connection* connection, void* data) {
    const mg_request_info* request = mg_get_request_info(connection);
    const std::string_view method = request->request_method;
    Response response;
    try {
      response = static_cast<Impl*>(data)->Answer(method, request->local_uri);
    } catch (const std::exception&) {
      response = {503, kText, "out of resources\n"};
    }
    Send(connection, response, method != "HEAD");
    return response.status;
  }

  Response Answer(std::string_view method, std::string_view path) const {
    if (path == "/-/reload") {
      if (method != "POST" && method != "PUT") return {405, kText, "POST reloads\n"};
      callbacks_.reload();
      return {202, kText, "reloading\n"};
    }
    if (method != "GET" && method != "HEAD") return {405, kText, "GET only\n"};
    if (path == "/-/healthy") {
      return callbacks_.alive() ? Response{200, kText, "healthy\n"}
                                : Response{503, kText, "the pipeline makes no progress\n"};
    }
    auto status = callbacks_.status();
    if (path == "/-/ready") {
      return status && status->ready ? Response{200, kText, "ready\n"}
                                     : Response{503, kText, "not ready\n"};
    }
    if (path != options_.telemetry_path && path != "/") return {404, kText, "not found\n"};
    if (!status) return {503, kText, "not ready\n"};
    if (path == "/") return {200, kHtml, StatusPage(*status, options_.telemetry_path)};
    const StatusCollectable collectable([&] { return status; });
    return {200, kMetrics, ExpositionText(collectable.Collect())};
  }

  const Options options_;
  const Callbacks callbacks_;
  mg_context* context_ = nullptr;
  std::string start_error_;
  std::vector<std::string> addresses_;
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
