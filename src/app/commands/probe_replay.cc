// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "probe_report.h"
#include "stickyd/app/version.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

// In single quotes, for a shell. REQUIRES: no NUL; line feeds are fine.
std::string Quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

const char* VersionOption(HttpVersion version) {
  switch (version) {
    case HttpVersion::kHttp1:
      return " --http1.1";
    case HttpVersion::kHttp2:
      return " --http2";
    case HttpVersion::kAny:
      break;
  }
  return "";
}

// A header for hurl: its own marks are escaped.
std::string HurlText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == '#') out += '\\';
    out += c;
  }
  return out;
}

bool IsOfTwoVisits(const ProbeExchange& exchange) {
  return exchange.check == "first visit" || exchange.check == "visit 2";
}

bool Sets(const ProbeExchange& exchange, const std::string& name) {
  for (const CookieDecision& set : exchange.taken) {
    if (set.name == name) return true;
  }
  return false;
}

std::string HurlEntry(const ProbeExchange& exchange, const ProbeResult& result,
                      const ProbeSettings& settings) {
  std::string text =
      fmt::format("\n# {}\n{} {}\n", exchange.check, exchange.call.method, exchange.call.url);
  text += fmt::format("User-Agent: {}\n", ProbeAgent());
  for (const HttpHeader& header : exchange.call.headers) {
    if (header.name == "Cookie") continue;  // hurl has a jar
    text += fmt::format("{}: {}\n", header.name, HurlText(header.value));
  }
  std::string options;
  for (const std::string& entry : settings.resolve) options += fmt::format("resolve: {}\n", entry);
  if (!settings.ca_file.empty()) options += fmt::format("cacert: {}\n", HurlText(settings.ca_file));
  if (settings.insecure) options += "insecure: true\n";
  if (!options.empty()) text += "[Options]\n" + options;
  text += fmt::format("HTTP {}\n", exchange.status);
  std::string asserts;
  for (const ProbeCookie& cookie : result.cookies) {
    if (exchange.check == "visit 2") {
      asserts += fmt::format("cookie \"{}\" not exists\n", cookie.name);
    } else if (Sets(exchange, cookie.name)) {
      asserts += fmt::format("cookie \"{}\" exists\n", cookie.name);
    }
  }
  return asserts.empty() ? text : text + "[Asserts]\n" + asserts;
}

}  // namespace

std::string ProbeAgent() { return fmt::format("stickyd-probe/{}", GetBuildInfo().version); }

std::string CurlLine(const ProbeExchange& exchange, const ProbeSettings& settings,
                     CurlDetail detail) {
  const ProbeCall& call = exchange.call;
  std::string line =
      fmt::format("curl -s -o /dev/null -D - -A {}{}", ProbeAgent(), VersionOption(call.version));
  if (settings.insecure) line += " -k";
  if (!settings.ca_file.empty()) line += " --cacert " + Quoted(settings.ca_file);
  for (const std::string& entry : settings.resolve) line += " --resolve " + Quoted(entry);
  if (!call.connect_to.empty()) line += " --connect-to " + Quoted("::" + call.connect_to);
  for (const HttpHeader& header : call.headers) {
    const bool cookie = header.name == "Cookie";
    if (cookie && detail == CurlDetail::kJar) continue;
    bool own = false;
    for (const std::string& given : settings.headers) {
      own |= given.starts_with(header.name + ":");
    }
    const bool shown = !own || detail == CurlDetail::kAll;
    line += " -H " + Quoted(header.name + ": " + (shown ? header.value : "..."));
  }
  if (detail == CurlDetail::kJar) line += " -b jar -c jar";
  return line + " " + Quoted(call.url);
}

std::string CurlScript(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  std::string text = "#!/bin/sh\n";
  for (const ProbeResult& result : results) {
    text += fmt::format("\n# {}\n", Printable(result.url, SIZE_MAX));
    for (const ProbeExchange& exchange : result.exchanges) {
      text += fmt::format("# {} {}\n{}\n", exchange.number, Printable(exchange.check),
                          CurlLine(exchange, settings, CurlDetail::kAll));
    }
  }
  return text;
}

std::string HurlTest(const std::vector<ProbeResult>& results, const ProbeSettings& settings) {
  std::string text =
      "# Written by stickyd probe; hurl --test runs it. The second visit must not be given the\n"
      "# sticky cookie again.\n";
  for (const ProbeResult& result : results) {
    for (const ProbeExchange& exchange : result.exchanges) {
      if (!IsOfTwoVisits(exchange) || exchange.failure) continue;
      text += HurlEntry(exchange, result, settings);
    }
  }
  return text;
}

}  // namespace stickyd
