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

constexpr std::string_view kFirst = "first visit";
constexpr std::string_view kSecond = "visit 2";

// A header for hurl: its own marks are escaped, and a brace might begin a variable.
std::string HurlText(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '{') {
      out += "\\u{7b}";
      continue;
    }
    if (c == '\\' || c == '#') out += '\\';
    out += c;
  }
  return out;
}

// Between double quotes.
std::string HurlName(std::string_view name) {
  std::string out;
  for (const char c : HurlText(name)) out += c == '"' ? "\\\"" : std::string(1, c);
  return out;
}

// Hurl's URLs have no escapes but those of URLs.
std::string HurlUrl(std::string_view url) {
  std::string out;
  for (const char c : url) {
    out += c == '{' ? "%7B" : c == '}' ? "%7D" : std::string(1, c);
  }
  return out;
}

bool Sets(const ProbeExchange& exchange, const std::string& name) {
  for (const CookieDecision& set : exchange.taken) {
    if (set.name == name) return true;
  }
  return false;
}

std::string HurlEntry(const ProbeExchange& exchange, std::string_view visit,
                      const ProbeResult& result, const ProbeSettings& settings) {
  std::string text =
      fmt::format("\n# {}\n{} {}\n", visit, exchange.call.method, HurlUrl(exchange.call.url));
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
    if (visit == kSecond) {
      asserts += fmt::format("cookie \"{}\" not exists\n", HurlName(cookie.name));
    } else if (Sets(exchange, cookie.name)) {
      asserts += fmt::format("cookie \"{}\" exists\n", HurlName(cookie.name));
    }
  }
  if (result.cookies.empty()) {
    for (const std::string& name : settings.cookies) {
      asserts += fmt::format("cookie \"{}\" exists\n", HurlName(name));
    }
  }
  return asserts.empty() ? text : text + "[Asserts]\n" + asserts;
}

// A browser that refused the cookie makes no second visit: the same requests are one, then.
std::string HurlVisits(const ProbeResult& result, const ProbeSettings& settings) {
  std::string first;
  std::string second;
  std::string again;
  for (const ProbeExchange& exchange : result.exchanges) {
    if (exchange.failure) continue;
    if (exchange.check == kFirst) {
      first += HurlEntry(exchange, kFirst, result, settings);
      again += HurlEntry(exchange, kSecond, result, settings);
    } else if (exchange.check == kSecond) {
      second += HurlEntry(exchange, kSecond, result, settings);
    }
  }
  if (result.cookies.empty() && settings.cookies.empty()) {
    first += "# No sticky cookie is known, so nothing is asserted: --cookie names it.\n";
  }
  return first + (second.empty() && !result.cookies.empty() ? again : second);
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
    text += HurlVisits(result, settings);
  }
  return text;
}

}  // namespace stickyd
