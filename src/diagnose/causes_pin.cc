// Causes that lie with the pin: its server, its value, its name.
#include <algorithm>

#include "causes.h"

namespace stickyd {
namespace {

constexpr EventDuration kJustBefore = std::chrono::seconds(10);

const PoolServer* FindInLeaves(const TraefikConfig& config, std::string_view root,
                               std::string_view key, const ServiceConfig** holder = nullptr) {
  for (const ServiceConfig* leaf : config.Leaves(root)) {
    if (const PoolServer* server = leaf->FindServer(key)) {
      if (holder != nullptr) *holder = leaf;
      return server;
    }
  }
  return nullptr;
}

std::string_view RootOf(const Inquiry& q) { return q.route().path.front()->name; }

// Could the pin's server be to blame? Not where the request came without naming it.
bool PinIsInPlay(const Inquiry& q) { return q.showed_pin_cookie() || q.blind(); }

bool IsOut(const PoolServer* server) {
  return server != nullptr &&
         (server->status == ServerStatus::kDown || server->weight == 0 || server->fenced);
}

bool HasHealthCheck(const ServiceConfig& service) {
  return service.health_check || service.passive_health_check;
}

// Nobody was served by the pin around the break although it had its share before, and others left
// it too: it was out for a while.
bool WasOutForAWhile(const Inquiry& q) {
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  return pin != nullptr && pin->clients_left >= 2 &&
         pin->last_seen < q.at.seen.start.low - std::chrono::milliseconds(200);
}

bool AnswersAgain(const Inquiry& q) {
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  return pin != nullptr && pin->last_seen > q.at.seen.end;
}

// A server that was never seen before has come in its place, and another one of the pool stayed.
bool WasReplaced(const Inquiry& q, const ScopeFacts::Server& pin) {
  constexpr EventDuration kOverlap = std::chrono::seconds(2);
  constexpr uint64_t kWouldHaveBeenSeen = 20;  // assignments before a server counts as new
  bool stayed = false;
  bool came = false;
  for (const ScopeFacts::Server& server : q.facts.servers()) {
    if (server.id == pin.id) continue;
    const bool is_new = server.first_seen >= pin.last_seen - kOverlap;
    came |= is_new && server.others_before >= kWouldHaveBeenSeen;
    stayed |= !is_new && server.last_seen > q.at.seen.start.low;
  }
  return stayed && came;
}

// The same URL but for a slash at the end, which Traefik hashes too.
bool DifferBySlash(std::string_view a, std::string_view b) {
  const auto cut = [](std::string_view text) {
    while (text.ends_with('/')) text.remove_suffix(1);
    return text;
  };
  return a != b && cut(a) == cut(b);
}

}  // namespace

Finding FindCookieFormatChanged(const Inquiry& q) {
  if (q.at.sight.other_format && !q.at.seen.cookie.differing) {
    return Yes("the cookie is in the format of another Traefik version");
  }
  if (!q.blind() || !q.at.has_pin_run) return kNoFinding;
  // Without cookies in the log: the client's first request after a Traefik of another format came
  // up.
  for (size_t i = 1; i < q.configs.size(); ++i) {
    const TraefikConfig& before = q.configs[i - 1];
    const TraefikConfig& after = q.configs[i];
    if (!before.encoding || !after.encoding || !after.started) continue;
    if (Accepts(*after.encoding, *before.encoding)) continue;
    const bool between =
        q.at.pin_run.high_last <= Tick(*after.started) && *after.started <= q.at.seen.start.high;
    if (between) return Yes("Traefik was upgraded since the client's last request");
  }
  return kNoFinding;
}

Finding FindCookieRenamed(const Inquiry& q) {
  if (q.at.sight.old_name) {
    return Yes("the cookie came under the name it had before");
  }
  if (!q.api()) return kNoFinding;
  const std::string& pin = q.at.pin_key;
  const auto changed_text = [&](const ServiceConfig* leaf) {
    return std::any_of(leaf->servers.begin(), leaf->servers.end(),
                       [&](const PoolServer& server) { return DifferBySlash(server.key, pin); });
  };
  const auto leaves = q.route().config->Leaves(RootOf(q));
  if (FindInLeaves(*q.route().config, RootOf(q), pin) == nullptr &&
      std::any_of(leaves.begin(), leaves.end(), changed_text)) {
    return Yes("the server's URL was written differently before");
  }
  // Without cookies in the log: the client's first request since the service has its new name.
  if (!q.blind() || !q.at.has_pin_run || !q.at.renamed || q.at.cookie == std::nullopt) {
    return kNoFinding;
  }
  const bool since = q.at.pin_run.high_last <= Tick(*q.at.renamed);
  for (size_t i = 0; i < q.configs.size() && since; ++i) {
    const ServiceConfig* same = q.configs[i].FindService(q.leaf()->name);
    if (same == nullptr && q.configs[i].time < *q.at.renamed && q.at.cookie->name.size() == 6 &&
        q.at.cookie->name.starts_with('_')) {
      return Yes("the service was renamed, and with it its default cookie name");
    }
  }
  return kNoFinding;
}

Finding FindDuplicateCookie(const Inquiry& q) {
  return q.at.seen.cookie.differing ? Yes("the cookie came twice, with two values") : kNoFinding;
}

Finding FindServerDown(const Inquiry& q) {
  if (!PinIsInPlay(q)) return kNoFinding;
  if (q.api()) {
    const ServiceConfig* holder = nullptr;
    const PoolServer* pin = FindInLeaves(*q.route().config, RootOf(q), q.at.pin_key, &holder);
    if (IsOut(pin)) return Yes("the API shows the pin's server down, fenced or at weight 0");
    if (q.next != nullptr && IsOut(FindInLeaves(*q.next, RootOf(q), q.at.pin_key))) {
      return Yes("the API shows the pin's server down soon after");
    }
    if (pin == nullptr || !HasHealthCheck(*holder)) return kNoFinding;
    if (q.next != nullptr && FindInLeaves(*q.next, RootOf(q), q.at.pin_key) == nullptr)
      return kNoFinding;
    if (q.showed_pin_cookie()) {
      return q.at.seen.cookie.meaning.server == q.at.judgement.pin
                 ? Yes("a health check refused the cookie of a server of the pool")
                 : kNoFinding;
    }
    if (WasOutForAWhile(q))
      return Yes("nobody was served by it for a while, and it has a health check");
    return q.final ? kNoFinding : NotYet("does the server still answer others?");
  }
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  const bool failed = pin != nullptr && pin->last_failure > q.at.seen.start.low - kJustBefore &&
                      pin->last_failure <= q.at.seen.end;
  if (!failed) return kNoFinding;
  if (AnswersAgain(q)) return Yes("it failed just before, and answers others again");
  return q.final ? kNoFinding : NotYet("does the server come back?");
}

Finding FindServerGone(const Inquiry& q) {
  if (!PinIsInPlay(q)) return kNoFinding;
  if (q.api()) {
    if (FindInLeaves(*q.route().config, RootOf(q), q.at.pin_key) == nullptr) {
      return Yes("the pin's server is not in the pool any more");
    }
    if (q.next != nullptr) {
      return FindInLeaves(*q.next, RootOf(q), q.at.pin_key) == nullptr
                 ? Yes("the pin's server left the pool just then")
                 : kNoFinding;
    }
    return q.final || AnswersAgain(q) ? kNoFinding : NotYet("does the pool still have the server?");
  }
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  if (pin == nullptr || AnswersAgain(q) || pin->last_failure > q.at.seen.start.low - kJustBefore) {
    return kNoFinding;
  }
  if (!q.final) return NotYet("does the server answer anybody again?");
  return pin->clients_left >= 2 && WasReplaced(q, *pin)
             ? Yes("it answers nobody any more, all its clients moved, and a new server came")
             : kNoFinding;
}

Finding FindSharedCookieName(const Inquiry& q) {
  const Observation& seen = q.at.seen;
  if (q.showed_pin_cookie() && !seen.cookie.in_scope) {
    if (q.at.sight.other_scope != ScopeId::kNone) {
      return Yes("the value names a server of another service");
    }
    if (seen.set_cookie.foreign || q.facts.foreign_names() > 0) {
      return Yes("the application sets a cookie of the same name");
    }
  }
  if (q.blind() && q.at.rival_visited) {
    return Yes("the client was given a cookie of this name by another service in between");
  }
  return kNoFinding;
}

Finding FindNotHonoured(const Inquiry& q) {
  if (!q.showed_pin_cookie() || q.at.seen.cookie.meaning.server != q.at.judgement.pin) {
    return kNoFinding;
  }
  if (q.api()) {
    const PoolServer* pin = FindInLeaves(*q.route().config, RootOf(q), q.at.pin_key);
    return pin != nullptr && !IsOut(pin)
               ? Yes("the server is there and up, yet another one answered")
               : kNoFinding;
  }
  if (AnswersAgain(q)) return Yes("the server answers others, yet another one answered here");
  return q.final ? kNoFinding : NotYet("does the server still answer others?");
}

}  // namespace stickyd
