// SPDX-License-Identifier: Apache-2.0
// Nothing here needs escaping: all text is the simulator's own and holds no quote, backslash,
// control byte or one of Go's HTML characters.
#include "line_writer.h"

#include <fmt/format.h>

#include <ctime>
#include <iterator>

#include "stickyd/base/cookie_header.h"

namespace stickyd {
namespace {

constexpr int64_t kNanosecondsPerMillisecond = 1'000'000;

std::tm Utc(int64_t ns) {
  const std::time_t seconds = ns / kSecond;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  return parts;
}

// 2026-01-05T09:00:00, the part that many lines share.
void WriteDate(int64_t ns, std::string& out) {
  static thread_local int64_t last = -1;
  static thread_local std::string text;
  if (ns / kSecond != last) {
    last = ns / kSecond;
    const std::tm t = Utc(ns);
    text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}", t.tm_year + 1900, t.tm_mon + 1,
                       t.tm_mday, t.tm_hour, t.tm_min, t.tm_sec);
  }
  out += text;
}

void WriteTime(int64_t ns, std::string& out) {
  WriteDate(ns, out);
  std::string fraction = fmt::format(".{:09}", ns % kSecond);
  fraction.erase(fraction.find_last_not_of('0') + 1);  // as Go prints it
  if (fraction != ".") out += fraction;
  out += 'Z';
}

std::string StatusLine(int status) {
  return fmt::format("{} {}", status, status == 101 ? "Switching Protocols" : "OK");
}

class JsonLine {
 public:
  JsonLine(SimulatedFormat format, std::string_view version, const Exchange& exchange,
           std::string& out)
      : v1_(version.starts_with("v1.")),
        v3_(version.starts_with("v3.")),
        // v1.7 keeps all headers unless told otherwise.
        headers_(format != SimulatedFormat::kJson || v1_),
        redact_(format == SimulatedFormat::kJsonRedact),
        e_(exchange),
        out_(out) {}

  void Write() {
    const int64_t duration = e_.end_ns - e_.start_ns;
    const int64_t overhead = 90'000 + static_cast<int64_t>(e_.number % 50'000);
    out_ += '{';
    if (v1_) Server("Backend");
    Text("ClientAddr", fmt::format("{}:{}", e_.peer, e_.port));
    Text("ClientHost", e_.client_host);
    Text("ClientPort", fmt::format("{}", e_.port));
    Text("ClientUsername", "-");
    Number("DownstreamContentSize", e_.size);
    Number("DownstreamStatus", e_.status);
    if (v1_) Text("DownstreamStatusLine", StatusLine(e_.status));
    Number("Duration", duration);
    if (v1_) Text("FrontendName", e_.router);
    if (!v3_ && !v1_) Number("GzipRatio", 0);
    Number("OriginContentSize", e_.size);
    Number("OriginDuration", duration - overhead);
    Number("OriginStatus", e_.status);
    if (v1_) Text("OriginStatusLine", StatusLine(e_.status));
    Number("Overhead", overhead);
    Text("RequestAddr", e_.fetch.host);
    Number("RequestContentSize", 0);
    Number("RequestCount", e_.count);
    Text("RequestHost", e_.fetch.host);
    const std::string_view protocol = e_.http2 ? "HTTP/2.0" : "HTTP/1.1";
    if (v1_) Text("RequestLine", fmt::format("GET {} {}", e_.fetch.path, protocol));
    Text("RequestMethod", "GET");
    Text("RequestPath", e_.fetch.path);
    Text("RequestPort", "-");
    Text("RequestProtocol", protocol);
    if (!v1_) Text("RequestScheme", e_.fetch.https ? "https" : "http");
    Number("RetryAttempts", 0);
    if (!v1_) {
      Text("RouterName", e_.router);
      Server("Service");
    }
    Time("StartLocal");
    Time("StartUTC");
    if (e_.fetch.https && !v1_) {
      Text("TLSCipher", "TLS_AES_128_GCM_SHA256");
      Text("TLSVersion", "1.3");
    }
    if (headers_) SetCookie("downstream_Set-Cookie", e_.received_set);
    if (!v1_) Text("entryPointName", e_.entry_point);
    Text("level", "info");
    Text("msg", "");
    if (headers_) Headers();
    Key("time");
    out_ += '"';
    WriteDate(e_.end_ns, out_);
    out_ += "Z\"}\n";
  }

 private:
  void Key(std::string_view key) {
    if (out_.back() != '{') out_ += ',';
    ((out_ += '"') += key) += "\":";
  }
  void Text(std::string_view key, std::string_view value) {
    Key(key);
    ((out_ += '"') += value) += '"';
  }
  void Number(std::string_view key, int64_t value) {
    Key(key);
    fmt::format_to(std::back_inserter(out_), FMT_STRING("{}"), value);
  }
  void Number(std::string_view key, uint64_t value) { Number(key, static_cast<int64_t>(value)); }
  void Number(std::string_view key, int value) { Number(key, int64_t{value}); }
  void Number(std::string_view key, uint32_t value) { Number(key, int64_t{value}); }
  void Time(std::string_view key) {
    Key(key);
    out_ += '"';
    WriteTime(e_.start_ns, out_);
    out_ += '"';
  }
  void Header(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, value);
  }
  void Secret(std::string_view key, std::string_view value) {
    if (!value.empty()) Text(key, redact_ ? "REDACTED" : value);
  }
  // Of several headers of one name, versions up to v2.4.9 log the first.
  void SetCookie(std::string_view key, std::string_view value) {
    Secret(key, v1_ ? value.substr(0, FindSetCookieEnd(value)) : value);
  }

  void Server(std::string_view prefix) {
    const std::string host = e_.server.substr(e_.server.find("//") + 2);
    Text(fmt::format("{}Addr", prefix), host);
    Text(fmt::format("{}Name", prefix), e_.service);
    if (v3_) {
      Text("ServiceURL", e_.server);
      return;
    }
    Key(fmt::format("{}URL", prefix));
    out_ += fmt::format(
        R"({{"Scheme":"http","Opaque":"","User":null,"Host":"{}","Path":"","Fragment":"",)"
        R"("RawQuery":"","RawPath":"","RawFragment":"","ForceQuery":false,"OmitHost":false}})",
        host);
  }

  void Headers() {
    SetCookie("origin_Set-Cookie", e_.origin_set);
    Secret("request_Cookie", e_.cookie);
    Header("request_Origin", e_.fetch.origin);
    Header("request_Referer", e_.fetch.referer);
    Header("request_Sec-Fetch-Dest", e_.fetch.dest);
    Header("request_Sec-Fetch-Mode", e_.fetch.mode);
    Header("request_Sec-Fetch-Site", e_.fetch.site);
    Header("request_User-Agent", e_.user_agent);
    const bool forwarded = e_.peer != e_.client_host;
    // v1.7 logs what came, later versions what they add, too.
    if (!v1_ || forwarded)
      Text("request_X-Forwarded-Proto", e_.fetch.https || forwarded ? "https" : "http");
  }

  const bool v1_, v3_, headers_, redact_;
  const Exchange& e_;
  std::string& out_;
};

void WriteClf(bool headers, const Exchange& e, std::string& out) {
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::tm t = Utc(e.start_ns);
  const auto or_dash = [&](std::string_view value) -> std::string_view {
    return headers && !value.empty() ? value : "-";
  };
  fmt::format_to(
      std::back_inserter(out),
      FMT_STRING("{} - - [{:02}/{}/{:04}:{:02}:{:02}:{:02} +0000] \"GET {} {}\" {} {} \"{}\" "
                 "\"{}\" {} \"{}\" \"{}\" {}ms\n"),
      e.client_host, t.tm_mday, kMonths[t.tm_mon], t.tm_year + 1900, t.tm_hour, t.tm_min, t.tm_sec,
      e.fetch.path, e.http2 ? "HTTP/2.0" : "HTTP/1.1", e.status, e.size, or_dash(e.fetch.referer),
      or_dash(e.user_agent), e.count, e.router, e.server,
      (e.end_ns - e.start_ns) / kNanosecondsPerMillisecond);
}

}  // namespace

void WriteLogLine(SimulatedFormat format, std::string_view version, const Exchange& exchange,
                  std::string& out) {
  if (format == SimulatedFormat::kClf || format == SimulatedFormat::kClfFull) {
    const bool v1 = version.starts_with("v1.");
    WriteClf(format == SimulatedFormat::kClfFull || v1, exchange, out);
  } else {
    JsonLine(format, version, exchange, out).Write();
  }
}

void WriteTruth(const Exchange& e, uint64_t line, std::string& out) {
  const bool is_break = e.verdict == Verdict::kBreak;
  fmt::format_to(std::back_inserter(out),
                 R"({{"line":{},"n":{},"session":"s{}","client":"{}","port":{},"scheme":"{}",)"
                 R"("host":"{}","method":"GET","path":"{}","scope":"{}","service":"{}",)"
                 R"("status":{},"server":"{}","pin":"{}","verdict":"{}","expect":"{}",)"
                 R"("cause":"{}","t0":{},"th":{},"t1":{},"count":{},"overlap":{},"logged":true}})"
                 "\n",
                 line, e.number, e.visit, e.client_host, e.port, e.fetch.https ? "https" : "http",
                 e.fetch.host, e.fetch.path, e.scope, e.service, e.status, e.server, e.pin,
                 Name(e.verdict), Name(e.expect), is_break ? Name(e.cause) : "", e.start_ns,
                 e.head_ns, e.end_ns, e.count, e.overlap);
}

}  // namespace stickyd
