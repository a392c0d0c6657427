// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <map>
#include <memory>
#include <thread>

#include "../setup.h"
#include "commands.h"
#include "probe_report.h"
#include "stickyd/app/app.h"
#include "stickyd/base/output_file.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr uint32_t kFewestVisits = 2;
constexpr uint32_t kMostVisits = 100;
constexpr size_t kMostBody = 64 << 10;
constexpr size_t kMostHeaders = 256 << 10;

// A client for each version and place: its options are those of all its requests.
class Clients {
 public:
  explicit Clients(const ProbeSettings& settings) : settings_(settings) {}

  tl::expected<HttpAnswer, HttpFailure> Ask(const ProbeCall& call) {
    auto& client = clients_[{call.version, call.connect_to}];
    if (!client) client = std::make_unique<HttpClient>(OptionsFor(call));
    HttpRequest request{call.url, call.method, call.headers};
    request.timeout = call.timeout;
    return client->Ask(request);
  }

 private:
  HttpOptions OptionsFor(const ProbeCall& call) const {
    HttpOptions options;
    options.most_body = kMostBody;
    options.most_headers = kMostHeaders;
    options.long_body = LongBody::kCut;
    options.version = call.version;
    options.user_agent = ProbeAgent();
    options.ca_file = settings_.ca_file;
    options.insecure = settings_.insecure;
    options.resolve = settings_.resolve;
    options.connect_to = call.connect_to;
    return options;
  }

  const ProbeSettings& settings_;
  std::map<std::pair<HttpVersion, std::string>, std::unique_ptr<HttpClient>> clients_;
};

ProbeWorld RealWorld(Clients& clients) {
  ProbeWorld world;
  world.ask = [&clients](const ProbeCall& call) { return clients.Ask(call); };
  world.now = [] {
    return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
  };
  world.elapsed = [] {
    return std::chrono::duration_cast<milliseconds>(steady_clock::now().time_since_epoch());
  };
  world.wait = [](milliseconds time) {
    std::this_thread::sleep_for(time);
    return true;
  };
  return world;
}

ProbeOptions OptionsOfUrl(const std::string& url, const ProbeSettings& settings) {
  ProbeOptions options;
  options.url = url;
  options.hosts = settings.hosts;
  options.direct = settings.direct;
  options.served_by = settings.served_by;
  options.cookies = settings.cookies;
  for (const std::string& header : settings.headers) {
    const size_t colon = header.find(':');
    options.headers.push_back(
        {header.substr(0, colon), std::string(Trim(std::string_view(header).substr(colon + 1)))});
  }
  options.visits = settings.visits;
  options.timeout = settings.timeout;
  return options;
}

// The newest of the saved configurations; null without any.
// What Traefik says now, if it can be asked; else what was saved last. Null: neither.
Result<std::shared_ptr<const TraefikConfig>> NewestConfig(const Settings& settings) {
  for (const ApiTarget& target : ApiTargets(settings.traefik)) {
    auto config = AskForConfig(target, RealFileSystem(), EventTime());
    if (config) return std::make_shared<const TraefikConfig>(std::move(*config));
    Complain("probe", config.error().message);
  }
  std::shared_ptr<const TraefikConfig> none;
  if (settings.snapshot_dir.empty()) return none;
  auto saved = ReadSavedConfigs(RealFileSystem(), settings.snapshot_dir);
  if (!saved) return tl::unexpected(saved.error());
  return saved->configs.empty() ? none : saved->configs.back();
}

std::string_view PathOfUrl(std::string_view url) {
  const size_t mark = url.find("://");
  url.remove_prefix(mark == npos ? url.size() : mark + 3);
  url.remove_prefix(std::min(url.find('/'), url.size()));
  url = url.substr(0, url.find_first_of("?#"));
  return url.empty() ? "/" : url;
}

Status WriteReplay(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  if (settings.replay.empty()) return {};
  auto file = OutputFile::Open(settings.replay, OpenMode::kTruncate);
  if (!file) return tl::unexpected(file.error());
  const bool hurl = settings.replay.ends_with(".hurl");
  const std::string text = hurl ? HurlTest(results, settings) : CurlScript(results, settings);
  if (auto status = file->Write(text); !status) return status;
  return file->Flush();
}

int ExitOf(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  for (const ProbeResult& result : results) {
    const bool unsure = result.verdict == ProbeVerdict::kUnsure && result.reached;
    if (result.verdict == ProbeVerdict::kSticky || (unsure && settings.allow_unsure)) continue;
    return kExitFound;
  }
  return kExitFine;
}

int Misused(const std::string& message) {
  Complain("probe", message);
  return kExitUsage;
}

}  // namespace

int RunProbe(const Settings& settings) {
  const ProbeSettings& asked = settings.probe;
  if (settings.arguments.empty()) return Misused("no URL given");
  if (asked.visits != 0 && (asked.visits < kFewestVisits || asked.visits > kMostVisits)) {
    return Misused(
        fmt::format("--requests: not a number from {} to {}", kFewestVisits, kMostVisits));
  }
  std::vector<ProbeOptions> plans;
  for (const std::string& url : settings.arguments) {
    plans.push_back(OptionsOfUrl(url, asked));
    if (const std::string problem = ProbeProblem(plans.back()); !problem.empty()) {
      return Misused(problem);
    }
  }
  const auto config = NewestConfig(settings);
  if (!config) {
    Complain("probe", "--traefik.snapshot: " + config.error().message);
    return kExitFound;
  }
  Clients clients(asked);
  const ProbeWorld world = RealWorld(clients);
  std::vector<ProbeResult> results;
  for (ProbeOptions& plan : plans) {
    if (*config) plan.knowledge = KnowledgeOf(**config, HostOfUrl(plan.url), PathOfUrl(plan.url));
    results.push_back(Probe(plan, world));
    const ProbeResult& result = results.back();
    if (settings.output == ReportFormat::kText) fmt::print("{}", ProbeText(result, asked));
    if (settings.output == ReportFormat::kJson) fmt::print("{}", ProbeJson(result, asked));
  }
  if (settings.output == ReportFormat::kJunit) fmt::print("{}", ProbeJunit(results));
  if (auto status = WriteReplay(results, asked); !status) {
    Complain("probe", "--replay: " + status.error().message);
    return kExitFound;
  }
  return ExitOf(results, asked);
}

}  // namespace stickyd
