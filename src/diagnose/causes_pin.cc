// SPDX-License-Identifier: Apache-2.0
// Causes that lie with the pin: its server, its value, its name.
#include <algorithm>

#include "causes.h"

namespace stickyd {
namespace {

constexpr EventDuration kJustBefore = std::chrono::seconds(10);
constexpr std::string_view kReplaced =
    "it answers nobody any more, all its clients moved, and a new server came";
constexpr std::string_view kNotTheServer =
    "the request came without the cookie, so its server is not to blame";

std::string_view RootOf(const Inquiry& q) { return q.route().path.front()->name; }

ServiceTree::Place FindPin(const TraefikConfig& config, const Inquiry& q, std::string_view key) {
  const ServiceTree* tree = config.Tree(RootOf(q));
  if (tree != nullptr) return tree->Find(key);
  // No router leads to the root: the service itself is all that is known.
  const ServiceConfig* service = config.FindService(RootOf(q));
  return service == nullptr ? ServiceTree::Place{}
                            : ServiceTree::Place{service, service->FindServer(key)};
}
const PoolServer* PinNow(const Inquiry& q, const ServiceConfig** holder = nullptr) {
  const ServiceTree::Place place = FindPin(*q.route().config, q, q.at.pin_key);
  if (holder != nullptr) *holder = place.leaf;
  return place.server;
}
const PoolServer* PinNext(const Inquiry& q) {
  return q.next == nullptr ? nullptr : FindPin(*q.next, q, q.at.pin_key).server;
}
// Could the pin's server be to blame? Not where the request came without naming it.
bool PinIsInPlay(const Inquiry& q) { return q.showed_pin_cookie() || q.blind(); }

bool CookieNamesPin(const Inquiry& q) {
  return q.showed_pin_cookie() && q.at.seen.cookie.meaning.server == q.at.judgement.pin;
}

bool IsOut(const PoolServer* server) {
  return server != nullptr &&
         (server->status == ServerStatus::kDown || server->weight == 0 || server->fenced);
}

// Is it out itself, or at weight 0 on some level above?
bool PinIsOut(const TraefikConfig& config, const Inquiry& q) {
  const ServiceTree::Place place = FindPin(config, q, q.at.pin_key);
  const ServiceTree* tree = config.Tree(RootOf(q));
  if (place.server == nullptr || IsOut(place.server) || tree == nullptr) return IsOut(place.server);
  const std::vector<ServiceTree::Node> path = tree->PathTo(place.leaf);
  return std::any_of(path.begin(), path.end(), [](const ServiceTree::Node& node) {
    return node.child != nullptr && node.child->weight == 0;
  });
}
bool PinIsOutNow(const Inquiry& q) { return PinIsOut(*q.route().config, q); }
bool PinIsOutNext(const Inquiry& q) { return q.next != nullptr && PinIsOut(*q.next, q); }

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
  constexpr uint64_t kWouldHaveBeenSeen = 12;  // choices before a server counts as new
  bool stayed = false;
  bool came = false;
  for (const ScopeFacts::Server& server : q.facts.servers()) {
    if (server.id == pin.id) continue;
    const bool is_new = server.first_seen >= pin.last_seen - kOverlap;
    came |= is_new && server.choices_before >= kWouldHaveBeenSeen;
    stayed |= !is_new && server.last_seen > q.at.seen.start.low;
  }
  return stayed && came;
}

// By the log alone. REQUIRES: all evidence is there.
bool LogShowsItGone(const Inquiry& q) {
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  return pin != nullptr && pin->clients_left >= 2 && q.facts.MissesItsTurns(*pin) &&
         WasReplaced(q, *pin);
}

// The pool has the same URL but for a slash at the end, which Traefik hashes too.
bool UrlWasRewritten(const Inquiry& q) {
  if (PinNow(q) != nullptr) return false;
  std::string_view cut = q.at.pin_key;
  while (cut.ends_with('/')) cut.remove_suffix(1);
  const TraefikConfig& config = *q.route().config;
  return FindPin(config, q, cut).server != nullptr ||
         FindPin(config, q, std::string(cut) + "/").server != nullptr;
}

// The client's first request since the service has its new name, and the cookie is named after it.
bool CookieWasNamedAfterService(const Inquiry& q) {
  const BreakCase& at = q.at;
  if (!q.blind() || !at.has_pin_run || !at.renamed || !at.cookie) return false;
  const bool default_name = at.cookie->name.size() == 6 && at.cookie->name.starts_with('_');
  if (!default_name || at.pin_run.high_last > Tick(*at.renamed)) return false;
  for (size_t i = 0; i < q.configs.size() && q.configs[i].time < *at.renamed; ++i) {
    if (q.configs[i].FindService(q.leaf()->name) == nullptr) return true;
  }
  return false;
}

Finding FindServerDownByApi(const Inquiry& q) {
  const ServiceConfig* holder = nullptr;
  const PoolServer* pin = PinNow(q, &holder);
  if (PinIsOutNow(q)) return Yes("the API shows the pin's server down, fenced or at weight 0");
  if (PinIsOutNext(q)) return Yes("the API shows the pin's server down soon after");
  if (pin == nullptr) return No("the server is not in the pool at all");
  if (!HasHealthCheck(*holder)) return No("the server is up, and nothing checks its health");
  if (q.next != nullptr && PinNext(q) == nullptr) return No("the server left the pool just then");
  if (q.showed_pin_cookie()) {
    return CookieNamesPin(q) ? Yes("a health check refused the cookie of a server of the pool")
                             : No("the cookie does not name the pin");
  }
  if (WasOutForAWhile(q)) {
    return Yes("nobody was served by it for a while, and it has a health check");
  }
  return q.final ? No("the server went on answering others")
                 : NotYet("does the server still answer others?");
}

// A server that no reading ever had may be another replica's.
bool ApiEverHadPin(const Inquiry& q) {
  for (size_t i = 0; i < q.configs.size(); ++i) {
    if (FindPin(q.configs[i], q, q.at.pin_key).server != nullptr) return true;
  }
  return false;
}

Finding FindServerGoneByApi(const Inquiry& q) {
  if (PinNow(q) == nullptr && !ApiEverHadPin(q)) {
    if (AnswersAgain(q)) return No("the server still answers others, and no reading ever had it");
    if (!q.final) return NotYet("no reading ever had the server: does it answer again?");
  }
  if (PinNow(q) == nullptr) return Yes("the pin's server is not in the pool any more");
  if (q.next != nullptr) {
    return PinNext(q) == nullptr ? Yes("the pin's server left the pool just then")
                                 : No("the pool has the server, before and after");
  }
  if (AnswersAgain(q)) return No("the server still answers others");
  if (!q.final) return NotYet("does the pool still have the server?");
  // The configuration was read before; by now it may be another.
  return LogShowsItGone(q) ? Yes(kReplaced) : No("the pool had the server when it was last read");
}

}  // namespace

Finding FindCookieFormatChanged(const Inquiry& q) {
  if (q.at.sight.other_format && !q.at.seen.cookie.differing) {
    return Yes("the cookie is in the format of another Traefik version");
  }
  if (!q.blind()) return No("the cookie is in this Traefik's format, or there is none");
  if (!q.at.has_pin_run) return No("the pin is not remembered");
  // Without cookies in the log: the client's first request after a Traefik of another format came
  // up.
  for (size_t i = 1; i < q.configs.size(); ++i) {
    const TraefikConfig& before = q.configs[i - 1];
    const TraefikConfig& after = q.configs[i];
    if (!before.encoding || !after.encoding || !after.started) continue;
    if (Accepts(*after.encoding, *before.encoding, kHashBytes)) continue;
    const bool between =
        q.at.pin_run.high_last <= Tick(*after.started) && *after.started <= q.at.seen.start.high;
    if (between) return Yes("Traefik was upgraded since the client's last request");
  }
  return No("cookies are not logged, and no change of version is known since the last request");
}

Finding FindCookieRenamed(const Inquiry& q) {
  if (q.at.sight.old_name) return Yes("the cookie came under the name it had before");
  if (!q.api()) return No("no cookie came under a name it had before");
  if (UrlWasRewritten(q)) return Yes("the server's URL was written differently before");
  if (CookieWasNamedAfterService(q)) {
    return Yes("the service was renamed, and with it its default cookie name");
  }
  return No("neither the cookie's name nor the server's URL has changed");
}

Finding FindDuplicateCookie(const Inquiry& q) {
  return q.at.seen.cookie.differing ? Yes("the cookie came twice, with two values")
                                    : No("the cookie is not seen twice");
}

Finding FindServerDown(const Inquiry& q) {
  if (!PinIsInPlay(q)) return No(kNotTheServer);
  if (q.api()) return FindServerDownByApi(q);
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  if (pin != nullptr && (CookieNamesPin(q) || q.blind())) {
    if (pin->WasSilent(q.at.seen.start.low)) {
      return Yes("it answered nobody for a while, its clients moved, and it came back");
    }
    if (!q.final && !AnswersAgain(q)) return NotYet("does the server come back?");
  }
  const bool failed = pin != nullptr && pin->last_failure > q.at.seen.start.low - kJustBefore &&
                      pin->last_failure <= q.at.seen.end;
  if (!failed) return No("without the API: the server did not fail just before");
  if (AnswersAgain(q)) return Yes("it failed just before, and answers others again");
  return q.final ? No("without the API: the server did not come back")
                 : NotYet("does the server come back?");
}

Finding FindReplicasDisagree(const Inquiry& q) {
  constexpr uint64_t kFewest = 12;  // choices before a server counts as unknown to a process
  const Observation& seen = q.at.seen;
  if (seen.process == 0 || !q.facts.several_processes()) {
    return No("the log does not show several processes of Traefik");
  }
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  const ScopeFacts::Server* server = q.facts.Find(seen.server);
  if (pin == nullptr || server == nullptr || !PinIsInPlay(q)) return No(kNotTheServer);
  const bool apart = pin->OfOneProcess() && server->OfOneProcess() &&
                     pin->process != server->process &&
                     q.facts.AssignmentsBy(server->process) >= kFewest;
  const bool alive = AnswersAgain(q) || (q.final && !q.facts.MissesItsTurns(*pin));
  if (alive && (apart || q.facts.NeverOfOneProcess(pin->id, server->id))) {
    return Yes("another process of Traefik chooses the pin's server, and this one never does");
  }
  return q.final ? No("the pin's server answers nobody any more, or too few requests came")
                 : NotYet("does another process of Traefik choose the pin's server?");
}

Finding FindServerGone(const Inquiry& q) {
  if (!PinIsInPlay(q)) return No(kNotTheServer);
  if (q.api()) return FindServerGoneByApi(q);
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  if (pin == nullptr) return No("the pin's server was never seen to answer");
  if (AnswersAgain(q)) return No("the server still answers others");
  if (pin->last_failure > q.at.seen.start.low - kJustBefore)
    return No("the server failed just before");
  if (!q.final) return NotYet("does the server answer anybody again?");
  return LogShowsItGone(q) ? Yes(kReplaced)
                           : No("it answers nobody any more, but it may be down as well as gone");
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
  return No("nobody else is seen to set a cookie of this name");
}

Finding FindNotHonoured(const Inquiry& q) {
  if (!CookieNamesPin(q)) return No("no cookie came that names the pin");
  if (q.pin_of_another_service()) return No("the router led to another service");
  // Replicas of two versions may stand behind one address; which one answered, Set-Cookie tells.
  if (!q.at.seen.set_cookies_logged) {
    if (!q.api()) return No("neither Set-Cookie nor the API shows what the cookie is now");
    if (q.facts.several_formats()) return No("cookies of two Traefik versions come here");
    if (!q.final) return NotYet("do cookies of another Traefik version come here?");
  }
  if (q.api()) {
    const PoolServer* pin = PinNow(q);
    if (pin == nullptr || PinIsOutNow(q)) return No("the server is gone or out");
    // It was there when the configuration was read; was it when the request came?
    if (AnswersAgain(q) || (PinNext(q) != nullptr && !PinIsOutNext(q))) {
      return Yes("the server is there and up, yet another one answered");
    }
    return q.final ? No("nothing shows that the server was still there")
                   : NotYet("is the server still there?");
  }
  const ScopeFacts::Server* pin = q.facts.Find(q.at.judgement.pin);
  if (pin != nullptr && pin->WasBusy(q.at.seen.start.low)) {
    return Yes("the server answered others just then, yet another one answered here");
  }
  return q.final ? No("the server answered nobody else just then: it may have been out")
                 : NotYet("does the server still answer others?");
}

}  // namespace stickyd
