// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "probe_report.h"
#include "stickyd/base/text.h"
#include "stickyd/expose/advice.h"

namespace stickyd {
namespace {

std::string Safe(std::string_view text) { return Printable(text, SIZE_MAX); }

// How much of what a site and the operator keep to themselves is told.
enum class Telling {
  kAll,    // to who runs the command
  kShort,  // to whoever reaches the daemon's port: no value of a cookie, no query of a URL
};

std::string Value(std::string_view value, Telling telling) {
  return telling == Telling::kAll ? Safe(value) : ShortValue(value);
}

std::string UrlText(std::string_view url, Telling telling) {
  const size_t query = telling == Telling::kAll ? npos : url.find_first_of("?#");
  return Safe(url.substr(0, query)) + (query == npos ? "" : "?...");
}

std::string CookieText(const CookieDecision& decision, Telling telling) {
  std::string text = fmt::format("{} {}={}", Name(decision.act), Safe(decision.name),
                                 Value(decision.value, telling));
  return decision.why.empty() ? text : text + ": " + Safe(decision.why);
}

// A Set-Cookie as it came, or with its value shortened.
std::string HeaderText(std::string_view header, Telling telling) {
  const size_t end = std::min(header.find(';'), header.size());
  const size_t equals = header.find('=');
  if (telling == Telling::kAll || equals >= end) return Safe(header);
  return Safe(header.substr(0, equals + 1)) +
         ShortValue(header.substr(equals + 1, end - equals - 1)) + Safe(header.substr(end));
}

std::string ExchangeText(const ProbeExchange& exchange, Telling telling) {
  std::string text = fmt::format("\n{} {}\n  {} {}\n", exchange.number, Safe(exchange.check),
                                 exchange.call.method, UrlText(exchange.call.url, telling));
  if (!exchange.call.connect_to.empty()) {
    text += fmt::format("  at {}\n", Safe(exchange.call.connect_to));
  }
  for (const CookieDecision& decision : exchange.sent) {
    text += fmt::format("  > {}\n", CookieText(decision, telling));
  }
  if (exchange.sent_more != 0) text += fmt::format("  > and {} more\n", exchange.sent_more);
  if (exchange.failure) {
    text += fmt::format("  < {} ({})\n", Safe(exchange.failure->message),
                        Name(exchange.failure->fault));
  } else {
    text += fmt::format("  < {} in {} ms\n", exchange.status, exchange.took.count() / 1000);
  }
  if (!exchange.location.empty())
    text += fmt::format("  < Location: {}\n", UrlText(exchange.location, telling));
  if (!exchange.served_by.empty()) text += fmt::format("  < by {}\n", Safe(exchange.served_by));
  for (size_t i = 0; i < exchange.taken.size(); ++i) {
    text +=
        fmt::format("  < Set-Cookie: {}\n    {}\n", HeaderText(exchange.set_cookies[i], telling),
                    CookieText(exchange.taken[i], telling));
  }
  if (exchange.set_more != 0) text += fmt::format("  < and {} more\n", exchange.set_more);
  if (!exchange.note.empty()) text += fmt::format("  {}\n", Safe(exchange.note));
  return text;
}

// The first visit and the request that proves it, for curl and a jar of its own.
std::string AgainText(const ProbeResult& result, const ProbeSettings& settings) {
  std::string text;
  const auto add = [&](const ProbeExchange& exchange) {
    text += fmt::format("  {}\n", Safe(CurlLine(exchange, settings, CurlDetail::kJar)));
  };
  for (const ProbeExchange& exchange : result.exchanges) {
    if (exchange.check == "first visit" || exchange.number == result.exchange) add(exchange);
  }
  return text.empty() ? text : "again:\n" + text;
}

std::string Xml(std::string_view text) { return InMarkup(Safe(text)); }

double Seconds(std::chrono::milliseconds time) { return static_cast<double>(time.count()) / 1e3; }

std::string JunitCase(const ProbeResult& result, const ProbeCheck& check) {
  std::string text =
      fmt::format(R"(    <testcase classname="{}" name="{}")", Xml(result.url), Xml(check.name));
  switch (check.result) {
    case CheckResult::kPass:
      return text + "/>\n";
    case CheckResult::kFail:
      return text + fmt::format("><failure message=\"{}\"/></testcase>\n", Xml(check.detail));
    case CheckResult::kSkip:
      break;
  }
  return text + fmt::format("><skipped message=\"{}\"/></testcase>\n", Xml(check.detail));
}

// All but the requests. `whole`: values of cookies are not shortened.
std::string VerdictText(const ProbeResult& result, Telling telling, bool whole) {
  std::string text = fmt::format("{}: {}", UrlText(result.url, telling), Name(result.verdict));
  if (result.cause) text += fmt::format(" ({})", Name(*result.cause));
  text += fmt::format("\n  {}\n", Safe(result.why));
  const std::string advice = ProbeAdvice(result);
  if (!advice.empty()) text += fmt::format("  fix: {}\n", Safe(advice));
  if (result.exchange != 0) text += fmt::format("  shown by request {}\n", result.exchange);
  for (const ProbeCookie& cookie : result.cookies) {
    text +=
        fmt::format("cookie {} = {}, {}{}\n", Safe(cookie.name),
                    Value(cookie.value, whole ? Telling::kAll : Telling::kShort), cookie.known_by,
                    cookie.server.empty() ? "" : ", and stands for " + Safe(cookie.server));
  }
  size_t widest = 0;
  for (const ProbeCheck& check : result.checks) widest = std::max(widest, check.name.size());
  for (const ProbeCheck& check : result.checks) {
    text += fmt::format("  {}  {:<{}}  {}\n", Name(check.result), Safe(check.name), widest,
                        Safe(check.detail));
  }
  return text + fmt::format("{} request{} in {:.1f} s\n", result.exchanges.size(),
                            result.exchanges.size() == 1 ? "" : "s", Seconds(result.took));
}

}  // namespace

std::string ProbeAdvice(const ProbeResult& result) {
  if (!result.cause || !result.fix.empty()) return result.fix;
  if (*result.cause == Cause::kUnknown) {
    return "Look at every request, and at what became of each cookie: --trace.";
  }
  const std::string from = result.cookies.empty() ? "" : result.cookies[0].server;
  return Advice(*result.cause, {.service = result.service, .from = from, .to = {}});
}

std::string ProbeText(const ProbeResult& result, const ProbeSettings& settings) {
  std::string text = VerdictText(result, Telling::kAll, settings.trace);
  if (!settings.trace) {
    return result.verdict == ProbeVerdict::kSticky ? text : text + AgainText(result, settings);
  }
  for (const ProbeExchange& exchange : result.exchanges) {
    text += ExchangeText(exchange, Telling::kAll);
    text += fmt::format("  {}\n", Safe(CurlLine(exchange, settings, CurlDetail::kCookies)));
  }
  return text;
}

std::string ProbeTrace(const ProbeResult& result) {
  constexpr size_t kMostBytes = 1 << 20;
  std::string text = VerdictText(result, Telling::kShort, false);
  for (const ProbeExchange& exchange : result.exchanges) {
    if (text.size() > kMostBytes) {
      return text + fmt::format("\nand more, from request {} on\n", exchange.number);
    }
    text += ExchangeText(exchange, Telling::kShort);
  }
  return text;
}

std::string ProbeJunit(const std::vector<ProbeResult>& results) {
  std::string text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n";
  for (const ProbeResult& result : results) {
    std::vector<ProbeCheck> checks = result.checks;
    const bool sticky = result.verdict == ProbeVerdict::kSticky;
    std::string verdict =
        fmt::format("{}{}: {}", Name(result.verdict),
                    result.cause ? fmt::format(" ({})", Name(*result.cause)) : "", result.why);
    if (!sticky) verdict += ". " + ProbeAdvice(result);
    checks.push_back({"verdict", sticky ? CheckResult::kPass : CheckResult::kFail, verdict});
    const auto count = [&](CheckResult kind) {
      return std::count_if(checks.begin(), checks.end(),
                           [&](const ProbeCheck& check) { return check.result == kind; });
    };
    text += fmt::format(
        "  <testsuite name=\"stickyd probe {}\" tests=\"{}\" failures=\"{}\" skipped=\"{}\" "
        "time=\"{:.3f}\">\n",
        Xml(result.url), checks.size(), count(CheckResult::kFail), count(CheckResult::kSkip),
        Seconds(result.took));
    for (const ProbeCheck& check : checks) text += JunitCase(result, check);
    text += "  </testsuite>\n";
  }
  return text + "</testsuites>\n";
}

}  // namespace stickyd
