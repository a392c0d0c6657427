// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/http/server.h"

#include <algorithm>
#include <string_view>

#include "../page.h"
#include "answer_cache.h"
#include "loop.h"
#include "request_check.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/expose/metrics/exposition.h"
#include "stickyd/expose/metrics/metrics.h"

namespace stickyd {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kAccepted = 202;
constexpr unsigned kForbidden = 403;
constexpr unsigned kNotFound = 404;
constexpr unsigned kMethodNotAllowed = 405;
constexpr unsigned kUnavailable = 503;
constexpr const char* kNoLifecycle =
    "reloading over HTTP is off: start with --web.enable-lifecycle, or send SIGHUP\n";
constexpr const char* kStrangePage = "pages of other sites may not reload\n";
constexpr const char* kStrangeHost =
    "what listens on loopback is no other site's: ask for it as localhost, or by its address\n";
constexpr const char* kHtml = "text/html; charset=utf-8";

HttpAnswer Say(unsigned status, const char* text) {
  return {status, HttpAnswer::kText, std::make_shared<const std::string>(text)};
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(const Options& options, Callbacks callbacks)
      : options_(options),
        callbacks_(std::move(callbacks)),
        names_(options.addresses),
        page_(*options.clock),
        text_(*options.clock),
        open_(*options.clock) {}

  Status Start() {
    auto loop = HttpLoop::Start(options_.addresses, options_.limits, *options_.clock,
                                [this](const HttpRequest& request, const HttpDrops& drops) {
                                  return Answer(request, drops);
                                });
    if (!loop) return tl::unexpected(loop.error());
    loop_ = std::move(*loop);
    return {};
  }

  const std::vector<std::string>& addresses() const { return loop_->addresses(); }

 private:
  HttpAnswer Answer(const HttpRequest& request, const HttpDrops& drops) {
    const Target target = Target::Of(request.target, request.host);
    if (request.on_loopback && !names_.Has(target.authority)) {
      return Say(kForbidden, kStrangeHost);
    }
    if (target.path == "/-/reload") return Reload(request, target.authority);
    if (request.method != "GET" && request.method != "HEAD") {
      return Say(kMethodNotAllowed, "GET only\n");
    }
    return Show(request, target.path, drops);
  }

  HttpAnswer Reload(const HttpRequest& request, std::string_view authority) const {
    if (request.method != "POST" && request.method != "PUT") {
      return Say(kMethodNotAllowed, "POST reloads\n");
    }
    if (!options_.enable_lifecycle) return Say(kForbidden, kNoLifecycle);
    if (!names_.Has(authority) || IsCrossSite(authority, request.origin, request.fetch_site)) {
      return Say(kForbidden, kStrangePage);
    }
    callbacks_.reload();
    return Say(kAccepted, "reloading\n");
  }

  HttpAnswer Show(const HttpRequest& request, std::string_view path, const HttpDrops& drops) {
    if (path == "/-/healthy") {
      return callbacks_.alive() ? Say(kOk, "healthy\n")
                                : Say(kUnavailable, "the pipeline makes no progress\n");
    }
    const auto status = callbacks_.status();
    if (path == "/-/ready" && status && status->ready) return Say(kOk, "ready\n");
    const bool metrics = path == options_.telemetry_path;
    if (!metrics && path != "/" && path != "/-/ready") return Say(kNotFound, "not found\n");
    if (!status || path == "/-/ready") return Say(kUnavailable, "not ready\n");
    return metrics ? Metrics(request, status, drops) : Page(request, status);
  }

  HttpAnswer Page(const HttpRequest& request, const std::shared_ptr<const DaemonStatus>& status) {
    return Body(request, kHtml, page_, status, [&](const DaemonStatus& made_of) {
      return StatusPage(made_of, options_.telemetry_path);
    });
  }

  HttpAnswer Metrics(const HttpRequest& request, const std::shared_ptr<const DaemonStatus>& status,
                     const HttpDrops& drops) {
    const ExpositionFormat format = FormatFor(request.accept);
    return Body(
        request, ContentType(format), format == ExpositionFormat::kText ? text_ : open_, status,
        [&](const DaemonStatus& made_of) { return Exposition(MetricsOf(made_of, drops), format); });
  }

  static HttpAnswer Body(const HttpRequest& request, const char* type, AnswerCache& cache,
                         const std::shared_ptr<const DaemonStatus>& status,
                         const AnswerCache::Make& make) {
    const bool gzip = TakesGzip(request.accept_encoding);
    return {kOk, type, gzip ? cache.GetGzip(status, make) : cache.Get(status, make), gzip};
  }

  const Options options_;
  const Callbacks callbacks_;
  const HostNames names_;
  AnswerCache page_;
  AnswerCache text_;
  AnswerCache open_;
  std::unique_ptr<HttpLoop> loop_;  // last: it uses the others
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
