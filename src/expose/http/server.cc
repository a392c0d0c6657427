// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/http/server.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "../metrics/probe_metrics.h"
#include "../page.h"
#include "answer_cache.h"
#include "later_answer.h"
#include "loop.h"
#include "request_check.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/metrics/exposition.h"
#include "stickyd/expose/metrics/metrics.h"

namespace stickyd {
namespace {

constexpr unsigned kOk = 200;
constexpr unsigned kAccepted = 202;
constexpr unsigned kBadRequest = 400;
constexpr unsigned kForbidden = 403;
constexpr unsigned kNotFound = 404;
constexpr unsigned kMethodNotAllowed = 405;
constexpr unsigned kUnavailable = 503;
constexpr const char* kNoLifecycle =
    "reloading over HTTP is off: start with --web.enable-lifecycle, or send SIGHUP\n";
constexpr const char* kStrangePage = "pages of other sites may not reload\n";
constexpr const char* kStrangeProber = "pages of other sites may not probe\n";
constexpr const char* kNoTarget =
    "which target? /probe?target=NAME, for a section [probe.NAME] of the configuration\n";
constexpr const char* kBadTimeout = "X-Prometheus-Scrape-Timeout-Seconds is no number of seconds\n";
constexpr const char* kBusy = "another probe that was asked for is under way: ask again later\n";
constexpr const char* kStrangeHost =
    "what listens on loopback is no other site's: ask for it as localhost, or by its address\n";
constexpr const char* kHtml = "text/html; charset=utf-8";

ServedAnswer Say(unsigned status, std::string text) {
  return {status, ServedAnswer::kText, std::make_shared<const std::string>(std::move(text))};
}

// How long a run may take: a scraper's patience, less what the answer takes on its way. Whoever has
// more of it, or says nothing, keeps others waiting no longer than this. Nothing: it is no number.
std::optional<std::chrono::milliseconds> PatienceOf(std::string_view scrape_timeout) {
  constexpr double kOnItsWay = 0.5;
  constexpr std::chrono::milliseconds kLongest{120'000};
  if (scrape_timeout.empty()) return kLongest;
  const auto seconds = ParseNumber<double>(scrape_timeout);
  if (!seconds || !(*seconds > 0)) return std::nullopt;
  const std::chrono::duration<double> patience(std::max(*seconds - kOnItsWay, *seconds / 2));
  return patience < kLongest ? std::chrono::ceil<std::chrono::milliseconds>(patience) : kLongest;
}

ServedAnswer AnswerOf(const ProbeAnswer& run, ExpositionFormat format, bool trace) {
  const std::string metrics = Exposition(ProbeMetrics(run.status), format);
  if (trace) return Say(kOk, run.trace + "\n" + metrics);
  return {kOk, ContentType(format), std::make_shared<const std::string>(metrics)};
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
                                [this](const ServedRequest& request, const HttpDrops& drops) {
                                  return Answer(request, drops);
                                });
    if (!loop) return tl::unexpected(loop.error());
    loop_ = std::move(*loop);
    return {};
  }

  const std::vector<std::string>& addresses() const { return loop_->addresses(); }

 private:
  ServedAnswer Answer(const ServedRequest& request, const HttpDrops& drops) {
    const Target target = Target::Of(request.target, request.host);
    if (request.on_loopback && !names_.Has(target.authority)) {
      return Say(kForbidden, kStrangeHost);
    }
    if (target.path == "/-/reload") return Reload(request, target.authority);
    if (request.method != "GET" && request.method != "HEAD") {
      return Say(kMethodNotAllowed, "GET only\n");
    }
    if (target.path == "/probe" && callbacks_.probe) return Probe(request, target.authority);
    return Show(request, target.path, drops);
  }

  // The answer comes when the run is over.
  ServedAnswer Probe(const ServedRequest& request, std::string_view authority) const {
    if (IsCrossSite(authority, request.origin, request.fetch_site)) {
      return Say(kForbidden, kStrangeProber);
    }
    if (request.asked_target.empty()) return Say(kBadRequest, kNoTarget);
    const auto patience = PatienceOf(request.scrape_timeout);
    if (!patience) return Say(kBadRequest, kBadTimeout);
    const bool trace = request.asked_debug == "true";
    const ExpositionFormat format = trace ? ExpositionFormat::kText : FormatFor(request.accept);
    const auto later = std::make_shared<LaterAnswer>();
    const auto done = [later, format, trace](const ProbeAnswer& run) {
      later->Give(AnswerOf(run, format, trace));
    };
    switch (callbacks_.probe({std::string(request.asked_target), *patience, trace}, done)) {
      case ProbeStart::kUnknown:
        return Say(kBadRequest, "no section [probe." + Printable(request.asked_target, 50) +
                                    "] is in the configuration\n");
      case ProbeStart::kBusy:
        return Say(kUnavailable, kBusy);
      case ProbeStart::kStarted:
        break;
    }
    ServedAnswer answer;
    answer.later = later;
    return answer;
  }

  ServedAnswer Reload(const ServedRequest& request, std::string_view authority) const {
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

  ServedAnswer Show(const ServedRequest& request, std::string_view path, const HttpDrops& drops) {
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

  ServedAnswer Page(const ServedRequest& request,
                    const std::shared_ptr<const DaemonStatus>& status) {
    return Body(request, kHtml, page_, status, [&](const DaemonStatus& made_of) {
      return StatusPage(made_of, options_.telemetry_path);
    });
  }

  ServedAnswer Metrics(const ServedRequest& request,
                       const std::shared_ptr<const DaemonStatus>& status, const HttpDrops& drops) {
    const ExpositionFormat format = FormatFor(request.accept);
    return Body(
        request, ContentType(format), format == ExpositionFormat::kText ? text_ : open_, status,
        [&](const DaemonStatus& made_of) { return Exposition(MetricsOf(made_of, drops), format); });
  }

  static ServedAnswer Body(const ServedRequest& request, const char* type, AnswerCache& cache,
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
