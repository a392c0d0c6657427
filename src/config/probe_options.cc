// SPDX-License-Identifier: Apache-2.0
// The rows of the table of options that only `probe` has.
#include "option_table.h"
#include "stickyd/probe/prober.h"

namespace stickyd {
namespace {

using namespace option_values;  // NOLINT(google-build-using-namespace): the table is made of them

std::string SiteProblem(const std::string& value) {
  ProbeOptions options;
  options.url = value;
  return ProbeProblem(options);
}

std::string TakeUrl(const Values& values, Settings& settings) {
  settings.watch.probes.back().url = values.back();
  return SiteProblem(values.back());
}

std::string HeaderProblem(const std::string& value) {
  const size_t colon = value.find(':');
  const std::string name = value.substr(0, colon);
  if (EqualsIgnoreCase(name, "Cookie")) return "the cookie jar writes Cookie";
  const bool fine = colon != std::string::npos && colon > 0 &&
                    name.find_first_of(" \t") == std::string::npos &&
                    value.find_first_of("\r\n") == std::string::npos;
  return fine ? "" : "'" + value + "' is not NAME:VALUE";
}

std::string ResolveProblem(const std::string& value) {
  const size_t host = value.find(':');
  const size_t port = host == std::string::npos ? host : value.find(':', host + 1);
  const bool fine = port != std::string::npos && host > 0 && port + 1 < value.size() &&
                    ParseNumber<uint16_t>(value.substr(host + 1, port - host - 1)).has_value();
  return fine ? "" : "'" + value + "' is not HOST:PORT:ADDRESS";
}

std::string TakeDirect(const Values& values, Settings& settings) {
  settings.probe.direct = values.back();
  std::string_view place = values.back();
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (place.starts_with(scheme)) place.remove_prefix(scheme.size());
  }
  const size_t colon = place.rfind(':');
  const bool fine = colon != npos && colon > 0 && place.find_first_of("/ @") == npos &&
                    ParseNumber<uint16_t>(place.substr(colon + 1)).has_value();
  return fine ? "" : "'" + values.back() + "' is not [SCHEME://]ADDRESS:PORT";
}

constexpr auto kOnce = Option::Takes::kAtStart;
constexpr auto kAtReload = Option::Takes::kAtReload;
using std::chrono::milliseconds;
constexpr unsigned kScheduled = kProbeOptions | kTargetOptions;

}  // namespace

std::vector<Option> WithProbeOptions(std::vector<Option> table) {
  using std::chrono::hours;
  const std::vector<Option> rows = {
      {"host", "HOST[:PORT]", kScheduled, true, kOnce,
       "a further host that leads to the service: does the cookie reach it?",
       List([](Settings& s) -> Values& { return s.probe.hosts; })},
      {"direct", "[SCHEME://]ADDRESS:PORT", kScheduled, false, kOnce,
       "Traefik itself, behind whatever the URL leads to: what becomes of its cookie on the way?",
       TakeDirect},
      {"served-by", "HEADER", kScheduled, false, kOnce,
       "the response header in which the application names its server",
       String([](Settings& s) -> std::string& { return s.probe.served_by; })},
      {"cookie", "NAME", kScheduled, true, kOnce,
       "the sticky cookie's name (default: those of --traefik.snapshot, else told by its value)",
       List([](Settings& s) -> Values& { return s.probe.cookies; })},
      {"header", "NAME:VALUE", kScheduled, true, kOnce,
       "send this header with every request; not Cookie, which the jar writes",
       List([](Settings& s) -> Values& { return s.probe.headers; }, HeaderProblem)},
      {"timeout", "DURATION", kScheduled, false, kOnce,
       "for all requests to a URL together (default 30s)",
       Duration(milliseconds(100), hours(1),
                [](Settings& s, milliseconds d) { s.probe.timeout = d; })},
      {"resolve", "HOST:PORT:ADDRESS", kScheduled, true, kOnce,
       "where a host is, whatever DNS says",
       List([](Settings& s) -> Values& { return s.probe.resolve; }, ResolveProblem)},
      {"ca", "FILE", kScheduled, false, kOnce,
       "certificates of authorities, PEM (default: the system's)",
       String([](Settings& s) -> std::string& { return s.probe.ca_file; })},
      {"insecure", "", kScheduled, false, kOnce, "take any certificate",
       Switch([](Settings& s, bool on) { s.probe.insecure = on; })},
      {"trace", "", kProbeOptions, false, kOnce,
       "show every request, and what the jar did with each cookie and why; with values",
       Switch([](Settings& s, bool on) { s.probe.trace = on; })},
      {"replay", "FILE", kProbeOptions, false, kOnce,
       "write the requests there: NAME.hurl as a test for hurl, any other as curl lines; with "
       "values",
       String([](Settings& s) -> std::string& { return s.probe.replay; })},
      {"allow-unsure", "", kScheduled, false, kOnce, "exit with 0 where the verdict is unsure",
       Switch([](Settings& s, bool on) { s.probe.allow_unsure = on; })},
  };
  table.insert(table.end(), rows.begin(), rows.end());
  return table;
}

const std::vector<Option>& TargetTable() {
  using std::chrono::hours;
  using std::chrono::seconds;
  static const std::vector<Option> table = [] {
    std::vector<Option> rows = {
        {"url", "URL", kTargetOptions, false, kAtReload, "what to probe", TakeUrl},
        {"interval", "DURATION", kTargetOptions, false, kAtReload,
         "from the beginning of a run to that of the next (default 5m)",
         Duration(seconds(10), hours(24),
                  [](Settings& s, milliseconds d) { s.watch.probes.back().interval = d; })},
        {"requests", "N", kTargetOptions, false, kAtReload,
         "visits with one cookie jar, 2 to 100 (default 4, with served-by 10)",
         InRange<uint32_t>(kFewestVisits, kMostVisits,
                           [](Settings& s, uint32_t n) { s.probe.visits = n; })},
    };
    for (const Option& option : OptionTable()) {
      if (option.groups == kScheduled) rows.push_back(option);
    }
    return rows;
  }();
  return table;
}

}  // namespace stickyd
