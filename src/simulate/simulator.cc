// SPDX-License-Identifier: Apache-2.0
// A discrete event simulation: people view pages, responses end, the configuration changes. Events
// come out of one heap in order of time, so lines are written in the order in which responses end,
// as Traefik does.
#include "stickyd/simulate/simulator.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <queue>
#include <unordered_map>

#include "api_answers.h"
#include "browser.h"
#include "exchange.h"
#include "line_writer.h"
#include "person.h"
#include "scenario.h"
#include "stickyd/base/site.h"

namespace stickyd {
namespace {

constexpr int64_t kMillisecond = 1'000'000;
constexpr int64_t kPhotoFinish = 2 * kMillisecond;

enum class EventKind : uint8_t { kPage, kStart, kHead, kEnd, kTick };

struct Event {
  int64_t time_ns;
  uint64_t order;  // of making: ties keep it
  EventKind kind;
  size_t index;  // of the person or the exchange

  bool operator>(const Event& other) const {
    return time_ns != other.time_ns ? time_ns > other.time_ns : order > other.order;
  }
};

}  // namespace

class Simulator::Impl {
 public:
  explicit Impl(const SimulatorOptions& options) : options_(options), scenario_(options) {
    const double pages_per_second = options.rate / kRequestsPerPage;
    think_s_ = std::max(0.001, options.clients / pages_per_second);
    started_ns_ = options.start_ns;
    Answer(options.start_ns);
    people_.resize(options.clients);
    for (size_t i = 0; i < people_.size(); ++i) {
      Arrive(++visits_, options_, scenario_, people_[i]);
      Push(options.start_ns + Think(), EventKind::kPage, i);
    }
    if (scenario_.tick_ns() != 0) {
      next_tick_ns_ = options.start_ns + scenario_.tick_ns();
      Push(next_tick_ns_, EventKind::kTick, 0);
    }
  }

  bool Next(SimulatedRecord& record) {
    while (!events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      switch (event.kind) {
        case EventKind::kPage:
          StartPage(event.index, event.time_ns);
          break;
        case EventKind::kStart:
          Start(event.index, event.time_ns);
          break;
        case EventKind::kHead:
          Head(event.index);
          break;
        case EventKind::kTick:
          Tick(event.index, event.time_ns);
          break;
        case EventKind::kEnd:
          End(event.index, record);
          return true;
      }
    }
    return false;
  }

  std::vector<SimulatedAnswers> TakeAnswers() { return std::exchange(answers_, {}); }

 private:
  static constexpr double kRequestsPerPage = 4;

  void Push(int64_t time_ns, EventKind kind, size_t index) {
    events_.push({time_ns, order_++, kind, index});
  }
  Random& random() { return scenario_.random(); }
  int64_t Think() { return static_cast<int64_t>(random().Exponential(think_s_) * 1e9); }

  bool Done() const { return options_.requests != 0 && started_ >= options_.requests; }

  void StartPage(size_t index, int64_t now) {
    if (Done()) return;
    Person& person = people_[index];
    if (person.pages_left == 0) Arrive(++visits_, options_, scenario_, person);
    --person.pages_left;
    scenario_.NewPage(person.habits, page_);
    int64_t at = now;
    for (size_t i = 0; i < page_.fetches.size() && !Done(); ++i) {
      ++started_;
      Schedule(index, page_.fetches[i], false, at);
      // The parts of a page follow its head, almost together.
      at = i == 0 ? now + (15 + random().Below(40)) * kMillisecond
                  : at + random().Below(4) * kMillisecond + random().Below(kMillisecond);
    }
    if (page_.socket && !Done()) {
      ++started_;
      Fetch fetch = page_.fetches[0];
      fetch.path = "/shop/live";
      fetch.mode = "websocket";
      fetch.dest = "websocket";
      Schedule(index, fetch, true, at + 5 * kMillisecond);
    }
    Push(at + Think(), EventKind::kPage, index);
  }

  // Ports in turn: no two live connections have the same, so people behind one address never share.
  uint16_t NextPort() { return static_cast<uint16_t>(32'768 + ports_++ % 28'000); }

  size_t NewExchange() {
    if (free_.empty()) {
      exchanges_.emplace_back();
      return exchanges_.size() - 1;
    }
    const size_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  void Schedule(size_t person, const Fetch& fetch, bool socket, int64_t at) {
    const size_t slot = NewExchange();
    Exchange& e = exchanges_[slot];
    e.number = ++numbers_;
    e.person = static_cast<uint32_t>(person);
    e.visit = people_[person].visit;
    e.fetch = fetch;
    fmt::format_to(std::back_inserter(e.fetch.path), "?n={}", e.number);
    e.socket = socket;
    Push(at, EventKind::kStart, slot);
  }

  size_t RouteOf(const Fetch& fetch) {
    const std::vector<SimRoute>& routes = scenario_.world().routes;
    size_t best = 0;
    size_t length = 0;
    for (size_t i = 0; i < routes.size(); ++i) {
      const bool host = std::find(routes[i].hosts.begin(), routes[i].hosts.end(), fetch.host) !=
                        routes[i].hosts.end();
      if (host && fetch.path.starts_with(routes[i].prefix) && routes[i].prefix.size() >= length) {
        best = i;
        length = routes[i].prefix.size();
      }
    }
    return best;
  }

  void Start(size_t slot, int64_t now) {
    Exchange& e = exchanges_[slot];
    Person& person = people_[e.person];
    World& world = scenario_.world();
    const bool v1 = world.version.starts_with("v1.");
    const SimRoute& route = world.routes[RouteOf(e.fetch)];
    const Tree& tree = world.trees[route.tree];

    e.start_ns = now;
    const int64_t duration =
        e.socket ? (1 + random().Below(90)) * kSecond
                 : 3 * kMillisecond + static_cast<int64_t>(random().Exponential(12e6));
    e.end_ns = now + std::min<int64_t>(duration, e.socket ? duration : 4 * kSecond);
    // A Traefik that is restarted ends what it was at.
    if (scenario_.restarts()) e.end_ns = std::min(e.end_ns, std::max(next_tick_ns_ - 1, now));
    e.head_ns = e.socket ? std::min(now + kMillisecond, e.end_ns) : e.end_ns;
    e.http2 = person.http2 && e.fetch.https && !e.socket;
    e.status = e.socket ? 101 : 200;
    e.size = 200 + random().Below(20'000);
    e.client_host = person.address;
    e.peer = person.peer;
    e.user_agent = person.user_agent;
    const uint16_t port = NextPort();
    e.port = person.connections.Take(e.fetch.https, e.http2, now, e.end_ns, port);
    const char* at_provider = v1 ? "" : "@file";
    const bool second_router = route.plain_http && !e.fetch.https;
    e.router = route.router + (second_router ? "-http" : "") + at_provider;
    e.entry_point = e.fetch.https ? "websecure" : "web";
    e.scope = tree.name;

    cookies_.clear();
    if (!person.habits.tool) person.jar.CookiesFor(e.fetch, now, cookies_);
    const SimAssignment assignment =
        world.Assign(route.tree, cookies_, std::hash<std::string>{}(person.address), random());
    const bool second_process =
        tree.kind == TreeKind::kReplicas && assignment.leaf != tree.leaves.data();
    e.count = second_process ? ++second_count_ : ++count_;
    Judge(e, person, route.tree, assignment);
    e.service += at_provider;
    WriteCookies(e, person);
    person.in_flight.push_back(slot);
    Push(e.head_ns, EventKind::kHead, slot);
    Push(e.end_ns, EventKind::kEnd, slot);
  }

  // What the client itself would say; and what the log can know of it.
  void Judge(Exchange& e, const Person& person, size_t tree, const SimAssignment& assignment) {
    e.server = assignment.server->url;
    e.service = assignment.leaf->name;
    e.pin = person.pins[tree];
    e.verdict = e.pin.empty()       ? Verdict::kFirst
                : e.pin == e.server ? Verdict::kHeld
                                    : Verdict::kBreak;
    e.cause = scenario_.CauseOf(assignment);
    // A cookie that was honoured is taken for held, but for one below a level that is not sticky.
    const TreeKind kind = scenario_.world().trees[tree].kind;
    const bool whole = kind != TreeKind::kWeighted && kind != TreeKind::kFailover && ShowsCookies();
    e.expect = assignment.honoured && whole ? Verdict::kHeld : e.verdict;
    if (e.expect == Verdict::kBreak && KnowsConnection(e, person, tree)) e.expect = Verdict::kHeld;
    e.refused.clear();
    if (!assignment.honoured && assignment.sent != nullptr && whole) Refuse(e, assignment);
    e.overlap = person.learnt_ns[tree] > e.start_ns - kPhotoFinish;
    e.origin_set.clear();
    if (assignment.set != nullptr) {
      const SimCookie& cookie = *assignment.set;
      e.origin_set = fmt::format(
          "{}={}; Path={}", cookie.name,
          assignment.server->values[static_cast<size_t>(scenario_.world().encoding)], cookie.path);
      if (!cookie.domain.empty()) e.origin_set += "; Domain=" + cookie.domain;
      if (cookie.max_age_s != 0) e.origin_set += fmt::format("; Max-Age={}", cookie.max_age_s);
      if (options_.traefik != SimulatedTraefik::kV1_7) e.origin_set += "; HttpOnly";
      if (cookie.secure) e.origin_set += "; Secure";
      if (cookie.same_site == "none") e.origin_set += "; SameSite=None";
      e.received_set = e.origin_set;
      known_[assignment.server->values[static_cast<size_t>(scenario_.world().encoding)]] = {
          e.service, e.server};
      if (scenario_.world().strips_set_cookie && tree == 0) e.received_set.clear();
      if (scenario_.world().balancer_in_front) return;  // it takes it away, further out
      if (e.received_set.empty() || person.habits.tool) return;
      if (!cookie.domain.empty() && !DomainCovers(cookie.domain, e.fetch.host))
        return;  // browsers refuse it
      pending_[e.number] = {
          cookie.name,
          assignment.server->values[static_cast<size_t>(scenario_.world().encoding)],
          {},
          cookie.path,
          cookie.same_site,
          cookie.secure,
          cookie.max_age_s == 0 ? 0 : e.end_ns + cookie.max_age_s * kSecond};
    } else {
      e.received_set.clear();
    }
  }

  bool ShowsCookies() const {
    return options_.format == SimulatedFormat::kJsonFull ||
           (options_.format == SimulatedFormat::kJson &&
            options_.traefik == SimulatedTraefik::kV1_7);
  }

  // A request that lands where its own connection last was is held, whatever the others did. CLF
  // does not show connections, nor does anything behind a proxy.
  bool KnowsConnection(const Exchange& e, const Person& person, size_t tree) const {
    const bool json = options_.format <= SimulatedFormat::kJsonRedact;
    if (!json || scenario_.world().balancer_in_front) return false;
    const auto at = person.connection_pins.find({tree, e.port});
    return at != person.connection_pins.end() && at->second == e.server;
  }

  // A cookie that names another server of the service than the one that answered is its own proof
  // of a break, unless it was refused before: whatever else the client had been to meanwhile.
  void Refuse(Exchange& e, const SimAssignment& assignment) {
    const Person& person = people_[e.person];
    const auto at = known_.find(*assignment.sent);
    e.refused = *assignment.sent;
    if (person.refused == e.refused || at == known_.end() || at->second.first != e.service) return;
    e.expect = at->second.second == e.server ? Verdict::kHeld : Verdict::kBreak;
  }

  // The header as sent; and the application's own cookie, which it sets once per host.
  void WriteCookies(Exchange& e, Person& person) {
    e.cookie.clear();
    bool known = false;
    for (const auto& [name, value] : cookies_) {
      if (!e.cookie.empty()) e.cookie += "; ";
      ((e.cookie += name) += '=') += value;
      known = known || name == "cart_id";
    }
    if (scenario_.world().balancer_in_front && !person.habits.tool) {
      if (!person.balancer_cookie.empty()) {
        if (!e.cookie.empty()) e.cookie += "; ";
        e.cookie += "AWSALB=" + person.balancer_cookie;
      }
      person.balancer_cookie = fmt::format("{:016x}{:016x}", random().Bits(), random().Bits());
    }
    if (known || e.fetch.dest != "document") return;
    const std::string id = fmt::format("{:016x}", random().Bits());
    for (std::string* header : {&e.origin_set, &e.received_set}) {
      if (!header->empty()) *header += ',';
      *header += "cart_id=" + id + "; Path=/; HttpOnly";
    }
    if (!person.habits.tool) carts_[e.number] = {"cart_id", id, {}, "/", {}, false, 0};
  }

  void Head(size_t slot) {
    Exchange& e = exchanges_[slot];
    Person& person = people_[e.person];
    const bool there = person.visit == e.visit;
    for (auto* waiting : {&pending_, &carts_}) {
      const auto at = waiting->find(e.number);
      if (at == waiting->end()) continue;
      if (there) person.jar.Store(e.fetch, std::move(at->second));
      waiting->erase(at);
    }
    if (!there) return;
    if (!e.refused.empty()) person.refused = e.refused;
    const size_t tree = scenario_.world().routes[RouteOf(e.fetch)].tree;
    person.pins[tree] = e.server;
    person.connection_pins[{tree, e.port}] = e.server;
    person.learnt_ns[tree] = e.head_ns;
    for (const size_t other : person.in_flight) {
      Exchange& o = exchanges_[other];
      if (o.start_ns > e.head_ns - kPhotoFinish && other != slot) o.overlap = true;
    }
  }

  void End(size_t slot, SimulatedRecord& record) {
    Exchange& e = exchanges_[slot];
    Person& person = people_[e.person];
    std::erase(person.in_flight, slot);
    line_.clear();
    truth_.clear();
    WriteLogLine(options_.format, scenario_.world().version, e, line_);
    WriteTruth(e, ++lines_, truth_);
    free_.push_back(slot);
    record = {e.end_ns, line_, truth_, std::exchange(restarted_, false)};
  }

  void Tick(uint64_t n, int64_t now) {
    if (scenario_.Tick(n)) {
      restarted_ = true;
      count_ = 0;
      started_ns_ = now;
    }
    Answer(now);
    next_tick_ns_ = Done() ? std::numeric_limits<int64_t>::max() : now + scenario_.tick_ns();
    if (!Done()) Push(next_tick_ns_, EventKind::kTick, n + 1);
  }

  void Answer(int64_t now) {
    if (options_.traefik == SimulatedTraefik::kV1_7) return;  // its API is another one
    answers_.push_back(AnswersOf(scenario_.world(), now, started_ns_));
  }

  const SimulatorOptions options_;
  Scenario scenario_;
  double think_s_ = 1;
  std::vector<Person> people_;
  std::vector<Exchange> exchanges_;
  std::vector<size_t> free_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::unordered_map<uint64_t, JarCookie> pending_, carts_;  // set by a response not there yet
  std::vector<SimulatedAnswers> answers_;
  // What each cookie value stood for: service and server.
  std::unordered_map<std::string, std::pair<std::string, std::string>> known_;
  Page page_;
  Cookies cookies_;
  std::string line_, truth_;
  uint64_t order_ = 0, visits_ = 0, started_ = 0, numbers_ = 0, count_ = 0, lines_ = 0, ports_ = 0;
  uint64_t second_count_ = 0;  // of another process of Traefik
  int64_t started_ns_ = 0, next_tick_ns_ = 0;
  bool restarted_ = false;
};

Simulator::Simulator(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Simulator::~Simulator() = default;

Result<std::unique_ptr<Simulator>> Simulator::Create(const SimulatorOptions& options) {
  if (auto possible = Possible(options); !possible) return tl::unexpected(possible.error());
  return std::unique_ptr<Simulator>(new Simulator(std::make_unique<Impl>(options)));
}

bool Simulator::Next(SimulatedRecord& record) { return impl_->Next(record); }
std::vector<SimulatedAnswers> Simulator::TakeAnswers() { return impl_->TakeAnswers(); }

}  // namespace stickyd
