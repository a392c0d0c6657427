// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/advice.h"

#include <algorithm>
#include <array>
#include <utility>

#include "cause_pages.h"
#include "stickyd/model/log_fields.h"

namespace stickyd {
namespace {

struct Text {
  std::string_view summary;
  std::string_view advice;  // {service}, {from} and {to} are filled in
};

constexpr std::array<Text, kCountOf<Cause>> kTexts = {{
#define CAUSE(id, name, summary, advice) {summary, advice},
#define NO_CAUSE(id, name, summary, advice) {summary, advice},
#include "stickyd/model/causes.inc"
}};

void ReplaceAll(std::string& text, std::string_view what, std::string_view with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

// What to change so that the log can tell, and nothing that is there already.
std::string AdviceOnMissing(const MissingEvidence& missing) {
  constexpr std::pair<LogField, std::string_view> kHeaders[] = {
      {kLogsCookie, "Cookie"},
      {kLogsSetCookie, "Set-Cookie"},
      {kLogsUserAgent, "User-Agent"},
      {kLogsSecFetchSite, "Sec-Fetch-Site"}};
  std::string headers;
  for (const auto& [field, name] : kHeaders) {
    if ((missing.fields & field) != 0) headers.append(headers.empty() ? "" : ", ").append(name);
  }
  std::string text;
  if ((missing.fields & kLogsJson) != 0) text = "Log JSON (accessLog.format=json)";
  if (!headers.empty()) {
    text += (text.empty() ? "Keep the headers " : ", and keep the headers ") + headers +
            " (accessLog.fields.headers.names)";
  }
  if (missing.config) {
    text += std::string(text.empty() ? "Give" : ", or give") +
            " stickyd Traefik's API (watch: --traefik.url, analyze: --traefik.snapshot)";
  }
  return text.empty() ? "The log has all that could tell: `stickyd explain` shows what it says."
                      : text + ".";
}

}  // namespace

std::string_view Summary(Cause cause) { return kTexts[static_cast<size_t>(cause)].summary; }

std::string Advice(Cause cause, const AdviceNames& names) {
  std::string text(kTexts[static_cast<size_t>(cause)].advice);
  ReplaceAll(text, "{missing}", AdviceOnMissing(names.missing));
  ReplaceAll(text, "{service}", names.service.empty() ? "the service" : names.service);
  ReplaceAll(text, "{from}", names.from.empty() ? "the pinned server" : names.from);
  ReplaceAll(text, "{to}", names.to.empty() ? "another server" : names.to);
  if (text.starts_with("the ")) text[0] = 'T';
  return text;
}

std::string CausePageAddress(Cause cause, std::string_view pages) {
  constexpr std::string_view kInstalled = "/usr/share/doc/stickyd/causes";
  std::string address(pages.empty() ? kInstalled : pages);
  if (address.find("{cause}") == std::string::npos) {
    address += address.ends_with('/') ? "{cause}.md" : "/{cause}.md";
  }
  ReplaceAll(address, "{cause}", Name(cause));
  return address;
}

std::string_view CausePage(Cause cause) {
  const auto page = std::find_if(kCausePages.begin(), kCausePages.end(),
                                 [&](const auto& named) { return named.first == Name(cause); });
  return page->second;  // each row of causes.inc has one, or nothing is built
}

}  // namespace stickyd
