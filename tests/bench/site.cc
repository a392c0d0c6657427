// SPDX-License-Identifier: Apache-2.0
// site: writes the access log of a large site: many people within an hour, half of them seldom
// seen. Idea: `stickyd simulate` keeps a browser with cookie jar for each of few people at a time.
// Here a person is eight bytes, so that ten million are in play. A page is 1 to 6 requests a few ms
// apart over a connection that is kept for a minute; every second person comes once, for 1 or 2
// requests, the others come back all the time, each to the server that a hash of the person gives.
// One person in 400 keeps no cookie and gets the next server in turn. Lines are written in the
// order in which responses end, as Traefik does, with its fields of v3.7. Same options, same log.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kSecond = 1000 * kMillisecond;
constexpr int64_t kMorning_s = 9 * 3600;  // the log begins on 2026-01-05 at 9:00
constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr uint32_t kNever = ~uint32_t{0};

struct Options {
  std::string_view format = "json";  // or clf
  uint64_t people = 200'000;
  uint64_t lines = 1'000'000;
  uint64_t seconds = 3600;
  uint64_t services = 3;
  uint64_t servers = 4;
  uint64_t seldom = 50;    // percent of the people
  uint64_t sticky = 1;     // 0: no service is
  uint64_t page = 6;       // a page of those who come back is 1 to so many requests
  uint64_t tools = 400;    // one person in so many keeps no cookies; 0: nobody
  uint64_t kept = 60;      // seconds that an idle connection is kept
  uint64_t all_first = 0;  // 1: all come once, for one request, before anybody comes back
  uint64_t waits = 0;  // 1: says so and waits for a line of input behind that round, and at the end
  uint64_t seed = 1;
};

uint64_t Mixed(uint64_t value) {  // splitmix64
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

class Random {
 public:
  explicit Random(uint64_t seed) : state_(seed) {}
  uint64_t Below(uint64_t limit) { return Mixed(state_++) % limit; }

 private:
  uint64_t state_;
};

struct Request {
  int64_t start_ns, end_ns;  // since the beginning
  uint64_t count;
  uint32_t person, size;
  uint16_t port, service, server, path;
  bool operator>(const Request& other) const {
    return end_ns != other.end_ns ? end_ns > other.end_ns : count > other.count;
  }
};

struct Person {
  uint32_t last_s = kNever;
  uint16_t port = 0;
};

// An odd factor makes a permutation: no two people have one address.
std::string AddressOf(uint64_t person) {
  const uint64_t mixed = (person * 0x9e3779b1U) & 0xffffffU;
  return fmt::format("{}.{}.{}.{}", 20 + Mixed(person) % 70, mixed >> 16U, (mixed >> 8U) & 0xffU,
                     mixed & 0xffU);
}

class Writer {
 public:
  explicit Writer(const Options& options) : json_(options.format == "json") {}
  ~Writer() { Flush(); }
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;

  void Write(const Request& request) {
    json_ ? Json(request) : Clf(request);
    if (text_.size() >= kBlockBytes) Flush();
  }
  void Flush() {
    if (std::fwrite(text_.data(), 1, text_.size(), stdout) != text_.size()) std::exit(1);
    std::fflush(stdout);
    text_.clear();
  }

 private:
  static constexpr std::array<std::string_view, 8> kPaths = {
      "/",      "/search",  "/cart",  "/static/app.css", "/static/app.js",
      "/items", "/account", "/api/v1"};

  static std::string NameOf(uint16_t service) {
    return service == 0 ? "shop" : fmt::format("app{}", service);
  }
  static std::string Clock(int64_t ns) {
    const int64_t s = kMorning_s + ns / kSecond;
    return fmt::format("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60);
  }
  // As Go does: no zeros at the end.
  static std::string Stamp(int64_t ns) {
    std::string text = fmt::format("2026-01-05T{}.{:09}", Clock(ns), ns % kSecond);
    while (text.back() == '0') text.pop_back();
    if (text.back() == '.') text.pop_back();
    return text + 'Z';
  }
  static std::string PathOf(const Request& r) {
    return fmt::format("{}?item={}&sort=new", kPaths[r.path % kPaths.size()], r.path);
  }

  void Json(const Request& r) {
    const std::string address = AddressOf(r.person);
    const std::string name = NameOf(r.service);
    const std::string server = fmt::format("10.{}.0.{}:8080", 1 + r.service, 11 + r.server);
    const std::string start = Stamp(r.start_ns);
    const int64_t duration = r.end_ns - r.start_ns;
    const int64_t overhead = 40'000 + r.size % 60'000;
    fmt::format_to(
        std::back_inserter(text_),
        R"({{"ClientAddr":"{0}:{1}","ClientHost":"{0}","ClientPort":"{1}","ClientUsername":"-",)"
        R"("DownstreamContentSize":{2},"DownstreamStatus":200,"Duration":{3},)"
        R"("OriginContentSize":{2},"OriginDuration":{4},"OriginStatus":200,"Overhead":{5},)"
        R"("RequestAddr":"{6}.example.com","RequestContentSize":0,"RequestCount":{7},)"
        R"("RequestHost":"{6}.example.com","RequestMethod":"GET","RequestPath":"{8}",)"
        R"("RequestPort":"-","RequestProtocol":"HTTP/2.0","RequestScheme":"https",)"
        R"("RetryAttempts":0,"RouterName":"{6}@file","ServiceAddr":"{9}",)"
        R"("ServiceName":"{6}@file","ServiceURL":"http://{9}","StartLocal":"{10}",)"
        R"("StartUTC":"{10}","TLSCipher":"TLS_AES_128_GCM_SHA256","TLSVersion":"1.3",)"
        R"("entryPointName":"websecure","level":"info","msg":"","time":"2026-01-05T{11}Z"}})"
        "\n",
        address, r.port, r.size, duration, duration - overhead, overhead, name, r.count, PathOf(r),
        server, start, Clock(r.end_ns));
  }

  void Clf(const Request& r) {
    fmt::format_to(std::back_inserter(text_),
                   R"({} - - [05/Jan/2026:{} +0000] "GET {} HTTP/2.0" 200 {} "-" "-" {} )"
                   R"("{}@file" "http://10.{}.0.{}:8080" {}ms)"
                   "\n",
                   AddressOf(r.person), Clock(r.start_ns), PathOf(r), r.size, r.count,
                   NameOf(r.service), 1 + r.service, 11 + r.server,
                   (r.end_ns - r.start_ns) / kMillisecond);
  }

  const bool json_;
  std::string text_;
};

class Site {
 public:
  explicit Site(const Options& options)
      : options_(options),
        random_(options.seed * 0x100000001U),
        people_(options.people),
        turn_(options.services),
        seldom_people_(options.people * options.seldom / 100) {
    // Pages of the seldom are 1.5 requests long, and 1 when all come first.
    const double page = (1 + static_cast<double>(options.page)) / 2;
    const auto lines = static_cast<double>(options.lines);
    const auto most = static_cast<double>(options.people);
    const double first = options.all_first != 0 ? std::min(most, lines) : 0;
    const double seldom =
        std::min<double>(static_cast<double>(seldom_people_), (lines - first) / 3);
    const double others = (lines - first - 1.5 * seldom) / page;
    const double pages = std::max(1.0, first + seldom + others);
    between_ns_ = static_cast<int64_t>(static_cast<double>(options.seconds) * 1e9 / pages);
    seldom_ppm_ = static_cast<uint64_t>(1e6 * seldom / std::max(1.0, seldom + others));
  }

  void Run() {
    Writer writer(options_);
    int64_t now = 0;
    if (options_.all_first != 0) {
      for (; came_ < people_.size() && started_ < options_.lines; now += between_ns_) {
        WriteUntil(now, writer);
        Start(came_++, 0, now);
      }
      Rest(writer);
    }
    for (; started_ < options_.lines; now += between_ns_) {
      WriteUntil(now, writer);
      Page(now);
    }
    WriteUntil(INT64_MAX, writer);
    Rest(writer);
  }

 private:
  void Rest(Writer& writer) const {
    if (options_.waits == 0) return;
    writer.Flush();
    std::fputs("waiting\n", stderr);
    while (std::getchar() > '\n') continue;
  }

  void WriteUntil(int64_t now, Writer& writer) {
    for (; !open_.empty() && open_.top().end_ns < now; open_.pop()) writer.Write(open_.top());
  }

  // The seldom come one after the other, once; of the others it is drawn who comes.
  void Page(int64_t now) {
    const bool seldom = came_ < seldom_people_ && random_.Below(1'000'000) < seldom_ppm_;
    const uint64_t others = people_.size() - seldom_people_;
    const uint64_t who = seldom ? others + came_++ : others == 0 ? 0 : random_.Below(others);
    const uint64_t requests = seldom ? 1 + random_.Below(2) : 1 + random_.Below(options_.page);
    const uint16_t service = ServiceOf(who);
    for (uint64_t i = 0; i < requests && started_ < options_.lines; ++i) {
      Start(who, service, now);
      now += (i == 0 ? 30 : 2) * kMillisecond + static_cast<int64_t>(random_.Below(5'000'000));
    }
  }

  // Two in three are at home in the first service, and stay at home six times in seven.
  uint16_t ServiceOf(uint64_t person) {
    const uint64_t any = random_.Below(7) == 0 ? random_.Below(1 << 20) : Mixed(~person) >> 32U;
    return static_cast<uint16_t>(
        any % 3 != 0 || options_.services == 1 ? 0 : 1 + any / 3 % (options_.services - 1));
  }

  void Start(uint64_t who, uint16_t service, int64_t now) {
    Person& person = people_[who];
    const auto now_s = static_cast<uint32_t>(now / kSecond);
    if (person.last_s == kNever || now_s > person.last_s + options_.kept) {
      person.port = static_cast<uint16_t>(32'768 + ports_++ % 28'000);
    }
    person.last_s = now_s;
    const uint64_t hash = Mixed(who * options_.services + service);
    const bool tool = options_.tools != 0 && hash % options_.tools == 0;
    const bool keeps = options_.sticky != 0 && !tool;
    const uint64_t server = (keeps ? hash >> 32U : turn_[service]++) % options_.servers;
    const auto lasts = static_cast<int64_t>(2'000'000 + random_.Below(20'000'000));
    open_.push({now, now + lasts, ++started_, static_cast<uint32_t>(who),
                static_cast<uint32_t>(200 + random_.Below(20'000)), person.port, service,
                static_cast<uint16_t>(server), static_cast<uint16_t>(random_.Below(10'000))});
  }

  const Options options_;
  Random random_;
  std::vector<Person> people_;
  std::vector<uint64_t> turn_;  // of each service
  std::priority_queue<Request, std::vector<Request>, std::greater<>> open_;
  const uint64_t seldom_people_;
  int64_t between_ns_ = 0;
  uint64_t seldom_ppm_ = 0, came_ = 0, started_ = 0, ports_ = 0;
};

bool Read(int argc, char** argv, Options& options) {
  const std::pair<std::string_view, uint64_t*> numbers[] = {
      {"--people", &options.people},       {"--lines", &options.lines},
      {"--seconds", &options.seconds},     {"--services", &options.services},
      {"--servers", &options.servers},     {"--seldom", &options.seldom},
      {"--sticky", &options.sticky},       {"--page", &options.page},
      {"--tools", &options.tools},         {"--kept", &options.kept},
      {"--all-first", &options.all_first}, {"--waits", &options.waits},
      {"--seed", &options.seed},
  };
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view name = argv[i];
    if (name == "--format") {
      options.format = argv[i + 1];
      continue;
    }
    const auto* const at = std::find_if(std::begin(numbers), std::end(numbers),
                                        [&](const auto& number) { return number.first == name; });
    if (at == std::end(numbers)) return false;
    *at->second = std::strtoull(argv[i + 1], nullptr, 10);
  }
  return argc % 2 == 1 && (options.format == "json" || options.format == "clf") &&
         options.people > 0 && options.people <= 0xffffff && options.services > 0 &&
         options.servers > 0 && options.page > 0 && options.seconds <= 3600 * 12 &&
         options.seldom <= 100;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  if (!Read(argc, argv, options)) {
    std::fputs(
        "usage: site [--format json|clf] [--people N] [--lines N] [--seconds N] [--services N]\n"
        "            [--servers N] [--seldom PERCENT] [--sticky 0|1] [--page N] [--tools N]\n"
        "            [--kept SECONDS] [--all-first 0|1] [--waits 0|1] [--seed N]\n",
        stderr);
    return 2;
  }
  Site(options).Run();
  return 0;
}
