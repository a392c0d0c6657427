// SPDX-License-Identifier: Apache-2.0
#include "probing.h"

#include <algorithm>

#include "commands/probe_report.h"
#include "stickyd/base/site.h"
#include "stickyd/base/text.h"
#include "stickyd/probe/probe_network.h"

namespace stickyd {
namespace {

std::string_view PathOfUrl(std::string_view url) {
  const size_t mark = url.find("://");
  url.remove_prefix(mark == npos ? url.size() : mark + 3);
  url.remove_prefix(std::min(url.find('/'), url.size()));
  url = url.substr(0, url.find_first_of("?#"));
  return url.empty() ? "/" : url;
}

}  // namespace

ProbeOptions ProbeOptionsOf(const std::string& url, const ProbeSettings& settings) {
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

ProbeResult ProbeSite(const std::string& url, const ProbeSettings& settings,
                      const std::shared_ptr<const TraefikConfig>& config,
                      const std::stop_token& stop) {
  ProbeOptions options = ProbeOptionsOf(url, settings);
  if (config != nullptr) options.knowledge = KnowledgeOf(*config, HostOfUrl(url), PathOfUrl(url));
  ProbeNetwork network({ProbeAgent(), settings.ca_file, settings.insecure, settings.resolve}, stop);
  return Probe(options, network.World());
}

ProbeResult ProbeTargetSite(const ProbeTarget& target,
                            const std::shared_ptr<const TraefikConfig>& config,
                            const std::stop_token& stop) {
  return ProbeSite(target.url, target.options, config, stop);
}

bool Succeeded(const ProbeResult& result, const ProbeSettings& settings) {
  const bool unsure = result.verdict == ProbeVerdict::kUnsure && result.reached;
  return result.verdict == ProbeVerdict::kSticky || (unsure && settings.allow_unsure);
}

ProbeStatus StatusOf(const ProbeTarget& target) {
  ProbeStatus status;
  status.target = target.name;
  status.url = target.url.substr(0, target.url.find_first_of("?#"));
  return status;
}

ProbeStatus StatusOf(const ProbeTarget& target, const ProbeResult& result) {
  ProbeStatus status = StatusOf(target);
  status.success = Succeeded(result, target.options);
  status.verdict = result.verdict;
  status.cause = result.cause;
  status.why = result.why;
  status.fix = ProbeAdvice(result);
  status.duration_seconds = static_cast<double>(result.took.count()) / 1e3;
  status.runs[result.verdict] = 1;
  return status;
}

}  // namespace stickyd
