// SPDX-License-Identifier: Apache-2.0
#include "random_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <random>

#include "stickyd/traefik/cookie_codec.h"

namespace stickyd::oracle {
namespace {

using nlohmann::json;

constexpr int64_t kMs = 1'000'000;
constexpr int64_t kSecond = 1000 * kMs;
constexpr int64_t kBegin = 1'767'603'600 * kSecond;  // 2026-01-05T09:00:00Z

std::string JsonTime(int64_t ns) {
  const int64_t s = (ns - kBegin) / kSecond + 9 * 3600;
  return fmt::format("2026-01-{:02}T{:02}:{:02}:{:02}.{:09}Z", 5 + s / 86400, s / 3600 % 24,
                     s / 60 % 60, s % 60, ns % kSecond);
}
std::string ClfTime(int64_t ns) {
  const int64_t s = (ns - kBegin) / kSecond + 9 * 3600;
  return fmt::format("{:02}/Jan/2026:{:02}:{:02}:{:02} +0000", 5 + s / 86400, s / 3600 % 24,
                     s / 60 % 60, s % 60);
}

// How a log is; drawn once.
struct Shape {
  bool clf = false, cookies = false, agents = false, snapshots = false, nested = false;
  bool proxies = false, identities = false, rename = false, hour_gaps = false, upper_cookie = false;
  bool days = false;
  uint64_t clients = 1, servers = 2, services = 1, ports = 1, hosts = 1, processes = 1;
  uint64_t loyalty = 50;  // percent of requests that stay where the client was
  int64_t pace = kSecond;
};

struct Request {
  int64_t start = 0, duration = 0;
  int status = 200;
  uint64_t client = 0, port = 0, agent = 0, service = 0, server = 0, process = 0, count = 0;
  bool no_server = false;
  json fields = json::object();
  int64_t end() const { return start + duration; }
};

class Maker {
 public:
  explicit Maker(uint64_t seed) : random_(seed) {}

  RandomLog Make() {
    DrawShape();
    std::vector<Request> requests(4 + Below(shape_.days ? 150 : Below(4) == 0 ? 90 : 30));
    int64_t at = kBegin + static_cast<int64_t>(Below(1000)) * kMs;
    for (auto request = requests.begin(); request != requests.end(); ++request) {
      at += Gap();
      // A process that is restarted ends what it was at. In CLF one of two, and lives of a few
      // requests, cannot be told from a client who forges lines.
      const size_t process = Below(shape_.processes);
      const bool tells = !shape_.clf || (shape_.processes == 1 && counts_[0] >= 32);
      const bool restarted = Chance(2) && tells;
      if (restarted) counts_[process] = 0;
      for (auto before = requests.begin(); restarted && shape_.clf && before != request; ++before) {
        before->duration = std::min(before->duration, at - before->start);
      }
      if (restarted) at += 3 * kSecond;
      Draw(at, *request);
    }
    std::stable_sort(requests.begin(), requests.end(),
                     [](const Request& a, const Request& b) { return a.end() < b.end(); });
    for (const Request& request : requests) {
      log_.lines.push_back((shape_.clf ? Clf(request) : Json(request)) + "\n");
      if (Below(60) == 0) log_.lines.push_back("no line of Traefik's\n");
    }
    if (shape_.proxies) log_.options = {"--proxy.trusted", "10.9.9.9"};
    if (shape_.snapshots) MakeSnapshots(requests.front().start, at);
    return std::move(log_);
  }

 private:
  uint64_t Below(uint64_t limit) { return random_() % limit; }
  bool Chance(uint64_t percent) { return Below(100) < percent; }

  void DrawShape() {
    Shape& s = shape_;
    s.clf = Chance(35);
    s.cookies = !s.clf && Chance(60);
    s.agents = Chance(50);
    s.snapshots = Chance(35);
    s.nested = s.snapshots && Chance(40);
    s.upper_cookie = Chance(60);
    s.proxies = Chance(15);
    s.identities = !s.clf && Chance(25);
    s.rename = Chance(15);
    s.hour_gaps = Chance(15);
    s.clients = 1 + Below(3);
    s.servers = 2 + Below(3);
    s.services = 1 + Below(2);
    s.ports = 1 + Below(4);
    s.hosts = 1 + Below(2);
    s.processes = Chance(20) ? 2 : 1;
    s.loyalty = Below(4) * 30;
    s.pace = (Chance(50) ? 30 : 1000) * kMs;
    s.days = Chance(8);
    if (s.days) s.pace = 3000 * kSecond;  // with many a session that goes on and on
    if (s.days && Chance(50)) {
      s.clients = s.services = 1;
      s.loyalty = 100;
    }
    for (uint64_t i = 0; i < s.processes; ++i) counts_.push_back(Below(2) * Below(5000));
  }

  int64_t Gap() {
    if (shape_.hour_gaps && Chance(8)) {
      return static_cast<int64_t>(Below(Chance(20) ? 40'000 : 5000)) * kSecond;
    }
    if (Chance(5)) return static_cast<int64_t>(Below(50'000)) * kMs;
    if (Chance(20)) return 0;
    return static_cast<int64_t>(Below(static_cast<uint64_t>(shape_.pace)));
  }

  int64_t Duration(int status) {
    if (status == 101 && shape_.days) return static_cast<int64_t>(Below(200'000)) * kSecond;
    if (status == 101) return static_cast<int64_t>(Below(100'000)) * kMs;
    if (Chance(6)) return static_cast<int64_t>(4990 + Below(20'000)) * kMs;
    if (Chance(15)) return static_cast<int64_t>(Below(2000)) * kMs;
    return static_cast<int64_t>(Below(30 * static_cast<uint64_t>(kMs)));
  }

  std::string Server(uint64_t service, uint64_t server) const {
    return fmt::format("http://10.{}.0.{}:80", service, server + 1);
  }
  std::string Service(const Request& r) const {
    if (shape_.nested) return fmt::format("child{}@file", r.server % 2);
    const bool renamed = shape_.rename && r.service == 0 && r.start > kBegin + 10 * kSecond;
    return renamed ? "shop-new@file" : fmt::format("shop{}@file", r.service);
  }
  std::string CookieName(uint64_t service) const {
    return shape_.snapshots && service == 1 ? "other" : "lb";
  }

  void Draw(int64_t at, Request& r) {
    r.start = at;
    r.status = Chance(8) ? 101 : (Chance(5) ? 502 : 200);
    r.duration = Duration(r.status);
    r.client = Below(shape_.clients);
    r.port = 5000 + Below(shape_.ports);
    r.agent = Below(2);
    r.service = Below(shape_.services);
    r.no_server = Chance(2);
    r.process = Below(shape_.processes);
    r.count = ++counts_[r.process];
    const auto key = std::pair(r.client, r.service);
    r.server = Below(shape_.servers);
    if (last_.contains(key) && Chance(shape_.loyalty)) r.server = last_[key];
    last_[key] = r.server;
    if (!shape_.clf) DrawFields(r);
  }

  std::string Value(const Request& r) {
    const uint64_t service = Chance(90) ? r.service : 1 - r.service;
    const auto key = std::pair(r.client, r.service);
    uint64_t server = Chance(70) && shown_.contains(key) ? shown_[key] : Below(shape_.servers + 1);
    if (Chance(60)) server = r.server;
    if (Chance(80)) shown_[key] = server;
    if (Chance(4)) return "garbage";
    const std::string url = Server(service, server);
    if (Chance(70)) return EncodeCookie(CookieEncoding::kSha256, url);
    return Chance(50) ? url : EncodeCookie(static_cast<CookieEncoding>(Below(3)), url);
  }

  void DrawFields(Request& r) {
    json& f = r.fields;
    f["RequestHost"] = fmt::format("h{}.example.com", Below(shape_.hosts));
    f["RequestScheme"] = Chance(85) ? "https" : "http";
    f["RequestMethod"] = Chance(3) ? "OPTIONS" : "GET";
    f["RequestPath"] = Chance(80) ? "/app/x" : "/";
    if (Chance(10)) f["request_Sec-Fetch-Site"] = Chance(50) ? "cross-site" : "same-site";
    if (Chance(10)) f["request_Sec-Fetch-Mode"] = "cors";
    if (Chance(3)) f.erase("RequestHost");
    if (!shape_.cookies) return;
    std::string cookie;
    const auto add = [&](const std::string& name, const std::string& value) {
      cookie += (cookie.empty() ? "" : "; ") + name + "=" + value;
    };
    if (Chance(60)) add(CookieName(r.service), Value(r));
    if (Chance(4)) add(CookieName(r.service), Value(r));
    if (Chance(5)) add("old", Value(r));
    if (shape_.nested && Chance(60)) {
      const auto values = ChildCookieValues(Chance(80) ? Child(r.server % 2) : Child(Below(2)));
      add("top", values[Below(values.size())]);
    }
    if (shape_.identities && Chance(60)) add("JSESSIONID", Identity());
    if (Chance(2)) cookie = "REDACTED";
    if (!cookie.empty()) f["request_Cookie"] = cookie;
    std::string set;
    if (Chance(35)) {
      set = CookieName(r.service) + "=" +
            EncodeCookie(CookieEncoding::kSha256, Server(r.service, r.server)) + "; Path=/";
      if (Chance(20)) set += "; Max-Age=20";
    }
    if (shape_.identities && Chance(15)) {
      set += (set.empty() ? "" : ", ") + ("JSESSIONID=" + Identity() + "; Path=/");
    }
    if (!set.empty()) f["downstream_Set-Cookie"] = set;
  }
  static std::string Child(uint64_t child) { return fmt::format("child{}", child); }
  std::string Identity() { return fmt::format("identity-of-a-user-{}", Below(2)); }

  std::string Address(const Request& r) const { return fmt::format("1.1.1.{}", r.client + 1); }
  std::string Host(const Request& r) {
    if (!shape_.proxies || r.port % 2 == 0) return Address(r);
    return fmt::format("9.9.9.{}, {}{}", Below(3), Address(r), Chance(50) ? ", 10.9.9.9" : "");
  }

  std::string Json(const Request& r) {
    json f = r.fields;
    const bool proxied = shape_.proxies && r.port % 2 == 1;
    f["ClientAddr"] = fmt::format("{}:{}", proxied ? "10.9.9.9" : Address(r), r.port);
    f["ClientHost"] = Host(r);
    f["Duration"] = r.duration;
    f["RequestCount"] = r.count;
    f["DownstreamStatus"] = f["OriginStatus"] = r.status;
    f["StartUTC"] = JsonTime(r.start);
    f["RouterName"] = fmt::format("router{}@file", r.service);
    if (!r.no_server) {
      f["ServiceName"] = Service(r);
      f["ServiceURL"] = Server(r.service, r.server);
    }
    if (shape_.agents) f["request_User-Agent"] = fmt::format("agent {}", r.agent);
    return f.dump();
  }

  std::string Clf(const Request& r) {
    return fmt::format(
        "{} - - [{}] \"GET / HTTP/1.1\" {} 5 \"-\" \"{}\" {} \"router{}@file\" "
        "\"{}\" {}ms",
        Host(r), ClfTime(r.start), r.status, shape_.agents ? fmt::format("agent {}", r.agent) : "-",
        r.count, r.service, r.no_server ? "-" : Server(r.service, r.server), r.duration / kMs);
  }

  json Balancer(uint64_t service, uint64_t first, uint64_t step, const json& cookie) {
    json servers = json::array();
    for (uint64_t i = first; i < shape_.servers; i += step) {
      if (!Chance(15)) servers.push_back({{"url", Server(service, i)}});
    }
    json balancer = {{"servers", servers}};
    if (!cookie.is_null()) balancer["sticky"] = {{"cookie", cookie}};
    return {{"loadBalancer", balancer}, {"status", "enabled"}, {"usedBy", {"any"}}};
  }

  void MakeSnapshots(int64_t begin, int64_t end) {
    const uint64_t count = 1 + Below(3);
    for (uint64_t i = 0; i < count; ++i) {
      json cookie = {{"name", "lb"}, {"path", Chance(70) ? "/" : "/app"}};
      if (Chance(20)) cookie["maxAge"] = 20;
      if (i > 0 && Chance(20)) cookie["name"] = "lb2";
      if (Chance(10)) cookie = nullptr;
      json services, routers;
      if (shape_.nested) {
        for (uint64_t child = 0; child < 2; ++child) {
          services[Child(child) + "@file"] = Balancer(0, child, 2, cookie);
        }
        json weighted = {
            {"services",
             {{{"name", "child0"}, {"weight", 1}}, {{"name", "child1"}, {"weight", 1}}}}};
        if (shape_.upper_cookie) weighted["sticky"] = {{"cookie", {{"name", "top"}}}};
        services["root@file"] = {{"weighted", weighted}, {"status", "enabled"}};
      }
      for (uint64_t s = 0; s < shape_.services; ++s) {
        std::string service = shape_.nested ? "root" : fmt::format("shop{}", s);
        if (shape_.rename && s == 0 && i > 0 && !shape_.nested) service = "shop-new";
        if (s == 1 && !cookie.is_null()) cookie["name"] = "other";
        if (!shape_.nested) services[service + "@file"] = Balancer(s, 0, 1, cookie);
        routers[fmt::format("router{}@file", s)] = {{"service", service},
                                                    {"entryPoints", {"websecure"}},
                                                    {"rule", "PathPrefix(`/`)"},
                                                    {"status", "enabled"}};
      }
      const json rawdata = {{"routers", routers}, {"services", services}};
      const int64_t span = std::max<int64_t>(end - begin, 1);
      const auto offset = static_cast<int64_t>(Below(static_cast<uint64_t>(span)));
      log_.snapshots.push_back({i == 0 ? begin : begin + offset, rawdata.dump()});
    }
  }

  std::mt19937_64 random_;
  Shape shape_;
  RandomLog log_;
  std::vector<uint64_t> counts_;
  std::map<std::pair<uint64_t, uint64_t>, uint64_t> last_, shown_;
};

}  // namespace

std::string Joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

std::vector<std::string> OptionsOf(const RandomLog& log, const std::filesystem::path& folder) {
  std::vector<std::string> options = log.options;
  if (log.snapshots.empty()) return options;
  const auto api = folder / "api";
  std::filesystem::remove_all(api);
  for (size_t i = 0; i < log.snapshots.size(); ++i) {
    const auto at = api / fmt::format("{:02}", i);
    std::filesystem::create_directories(at);
    std::ofstream(at / "rawdata.json") << log.snapshots[i].rawdata;
    std::ofstream(at / "version.json") << R"({"Version":"v3.7.9"})";
    std::ofstream(at / "time.json")
        << fmt::format(R"({{"time_unix_ns":{}}})", log.snapshots[i].time_ns);
  }
  options.insert(options.end(), {"--traefik.snapshot", api.string()});
  return options;
}

RandomLog MakeRandomLog(uint64_t seed) { return Maker(seed).Make(); }

}  // namespace stickyd::oracle
