// SPDX-License-Identifier: Apache-2.0
// traefik_rules.cc: rules of the audit about Traefik as a whole.
#include <fmt/format.h>

#include <algorithm>

#include "audit_rules.h"

namespace stickyd::audit_rules {
namespace {

using Level = FindingLevel;

constexpr const char* kAccessLog =
    "# static configuration\naccessLog:\n  format: json\n  fields:\n    headers:\n      "
    "defaultMode: drop\n"
    "      names:\n        Cookie: keep\n        Set-Cookie: keep\n        User-Agent: keep\n"
    "        Referer: keep\n        Origin: keep\n        Sec-Fetch-Site: keep\n"
    "        Sec-Fetch-Mode: keep\n        Sec-Fetch-Dest: keep\n        X-Forwarded-Proto: keep\n"
    "        Via: keep\n        Upgrade: keep\n";

bool AnySticky(const AuditScan& scan) {
  return std::any_of(scan.facts.live().begin(), scan.facts.live().end(),
                     [](const ServiceConfig* service) { return service->cookie.has_value(); });
}

}  // namespace

void ManyServices(const AuditScan& scan, FindingList& out) {
  size_t count = 0;
  for (const auto& [name, service] : scan.config.services) {
    count += ProviderOf(name) == "internal" ? 0U : 1U;
  }
  if (count <= 100) return;
  out.Add(Level::kInfo, {},
          fmt::format(
              "There are {} services. /api/http/services gives 100 at a time: scripts that read "
              "it once overlook the others.",
              count),
          FixByWords("Read /api/rawdata, or follow X-Next-Page."));
}

namespace {

// Of files, which do tell.
void AddAccessLog(const AccessLogDraft& log, FindingList& out) {
  const auto add = [&](std::string text, const char* detail) {
    out.Add(Level::kInfo, {}, std::move(text), {"Keep what tells causes.", kAccessLog, "", ""})
        .detail = detail;
  };
  if (!log.json) {
    add("The access log is in the common format, which has no headers: breaks are seen, and most "
        "of their causes are not.",
        "format");
  } else if (!log.dropped_headers.empty()) {
    add(fmt::format("The access log does not keep {}: causes that only these tell have no name.",
                    ListOf(log.dropped_headers, 8)),
        "headers");
  }
  if (!log.dropped_fields.empty()) {
    add(fmt::format("The access log does not keep {}, without which sessions cannot be followed.",
                    ListOf(log.dropped_fields)),
        "fields");
  }
  if (log.filtered) {
    add("The access log is filtered (accessLog.filters): what is left out is missing on both sides "
        "of a break, and no ratio can be told.",
        "filters");
  }
}

}  // namespace

void AccessLogKeeps(const AuditScan& scan, FindingList& out) {
  if (scan.facts.live().empty()) return;
  if (scan.config.writes_access_log == false) {
    out.Add(Level::kInfo, {}, "Traefik writes no access log: stickyd has nothing to follow.",
            {"Switch it on.", kAccessLog, "", ""})
        .detail = "off";
    return;
  }
  std::vector<std::string> silent;
  for (const ServiceConfig* service : scan.facts.live()) {
    if (!service->cookie) continue;
    for (const RouterConfig* router : scan.facts.Of(*service).routers) {
      const bool told = std::find(silent.begin(), silent.end(), router->name) != silent.end();
      if (!router->access_logs && !told) silent.push_back(router->name);
    }
  }
  if (!silent.empty()) {
    out.Add(Level::kInfo, {"", ObjectsOf("router", silent)},
            fmt::format("Requests of {} are not logged (observability.accessLogs), though sticky "
                        "services are behind: their breaks stay unseen.",
                        ListOf(silent)),
            FixByWords("Set observability.accessLogs to true on these routers."))
        .detail = "router";
  }
  if (scan.input.draft != nullptr && scan.input.draft->access_log) {
    AddAccessLog(*scan.input.draft->access_log, out);
    return;
  }
  out.Add(Level::kInfo, {},
          "The API does not tell what the access log keeps. Causes are named best from JSON with "
          "these "
          "headers; with cookies redacted, what is left still tells whether one was sent and set.",
          {"Keep these. Cookie: keep writes all cookies of users into the log: see to who reads "
           "it, or "
           "write redact.",
           kAccessLog, "", ""})
      .detail = "headers";
}

void UpgradeMoves(const AuditScan& scan, FindingList& out) {
  if (!AnySticky(scan) || !scan.config.encoding) return;
  const std::string& version = scan.config.version;
  std::string then;
  switch (*scan.config.encoding) {
    case CookieEncoding::kRawUrl:
      then =
          "v2.5 to v2.11, and v3.3.4 and later, accept them; v3.0 to v3.3.3 do not: there "
          "everybody "
          "would be moved once.";
      break;
    case CookieEncoding::kFnv1a:
      then =
          "v3.3.4 and later do not accept them, against what their code was meant to do: with that "
          "upgrade everybody is moved once. v3.0 to v3.3.3 accept nearly all.";
      break;
    case CookieEncoding::kFnv1OfFnv1a:
      then = "v3.3.4 and later do not accept them: with that upgrade everybody is moved once.";
      break;
    default:
      then =
          "All later versions so far accept them. Going back below v3.3.4 would move everybody "
          "once.";
  }
  out.Add(Level::kInfo, {},
          fmt::format(
              "Traefik {} writes sticky cookies as {} does. {} Replicas of versions that do not "
              "accept each other's cookies move people with every request.",
              version, WrittenBy(*scan.config.encoding), then),
          FixByWords("Upgrade when few people are there, and all replicas at a time."));
}

}  // namespace stickyd::audit_rules
