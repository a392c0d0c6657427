// SPDX-License-Identifier: Apache-2.0
// The rows of the table of options about Traefik's API.
#include "option_table.h"

namespace stickyd {
namespace {

using namespace option_values;  // NOLINT(google-build-using-namespace): the table is made of them

std::string UrlProblem(const std::string& value) {
  const size_t scheme = value.find("://");
  const bool http = value.starts_with("http://") || value.starts_with("https://");
  const std::string rest = http ? value.substr(scheme + 3) : "";
  const std::string host = rest.substr(0, rest.find_first_of("/?#"));
  if (host.find('@') != std::string::npos) {
    return "credentials do not belong in the URL: --traefik.basic-file has them";
  }
  const bool fine = !host.empty() && value.find_first_of(" \"<>?#") == std::string::npos;
  return fine ? "" : "'" + value + "' is not an address like http://127.0.0.1:8080";
}

template <class Get>
Take TraefikText(Get get) {
  return String([get](Settings& s) -> std::string& { return s.traefik.*get; });
}

}  // namespace

std::vector<Option> WithTraefikOptions(std::vector<Option> table) {
  constexpr auto kStart = Option::Takes::kAtStart;
  using std::chrono::hours;
  using std::chrono::milliseconds;
  using std::chrono::seconds;
  const Option rows[] = {
      {"traefik.url", "URL", kTraefikOptions, true, kStart,
       "Traefik's API, with its base path if it has one: asked for the configuration; of several "
       "replicas, one is listened to",
       List([](Settings& s) -> Values& { return s.traefik.urls; }, UrlProblem)},
      {"traefik.interval", "DURATION", kWatchOptions, false, kStart,
       "how often to ask Traefik; at once where the log shows what is not known (default 10s)",
       Duration(seconds(1), hours(1), [](Settings& s, milliseconds d) { s.traefik.interval = d; })},
      {"traefik.timeout", "DURATION", kTraefikOptions, false, kStart,
       "how long each answer may take (default 10s)",
       Duration(milliseconds(10), hours(1),
                [](Settings& s, milliseconds d) { s.traefik.timeout = d; })},
      {"traefik.host", "NAME", kTraefikOptions, false, kStart,
       "the Host to ask for, where the API is behind a router of Traefik's",
       TraefikText(&TraefikSettings::host)},
      {"traefik.basic-file", "FILE", kTraefikOptions, false, kStart,
       "has user:password for the API; read anew each time",
       TraefikText(&TraefikSettings::basic_file)},
      {"traefik.bearer-file", "FILE", kTraefikOptions, false, kStart,
       "has a token for the API; read anew each time", TraefikText(&TraefikSettings::bearer_file)},
      {"traefik.ca", "FILE", kTraefikOptions, false, kStart,
       "certificates to trust, PEM (default: the system's)", TraefikText(&TraefikSettings::ca)},
      {"traefik.cert", "FILE", kTraefikOptions, false, kStart,
       "certificate to show, PEM, with its key or beside --traefik.key",
       TraefikText(&TraefikSettings::cert)},
      {"traefik.key", "FILE", kTraefikOptions, false, kStart, "key of --traefik.cert, PEM",
       TraefikText(&TraefikSettings::key)},
      {"traefik.insecure", "", kTraefikOptions, false, kStart, "take any certificate of the API",
       Switch([](Settings& s, bool on) { s.traefik.insecure = on; })},
  };
  const auto before = std::find_if(table.begin(), table.end(), [](const Option& option) {
    return option.name == std::string_view("session");
  });
  table.insert(before, std::begin(rows), std::end(rows));
  return table;
}

}  // namespace stickyd
