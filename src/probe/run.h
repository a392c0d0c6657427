// SPDX-License-Identifier: Apache-2.0
// run.h: the checks of one probe, in their order, and what they prove.
// Role:    prober.cc runs it. checks_core.cc has those that every verdict rests on, checks_more.cc
//          the others, conclusion.cc what follows.
// Shape:   the first check that proves a cause decides; after it no more is asked.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sticky_cookie.h"
#include "stickyd/model/balancer_cookie.h"
#include "stickyd/probe/prober.h"
#include "visitor.h"

namespace stickyd {

// What a visit did with one cookie.
struct Sight {
  enum class Kind : uint8_t {
    kAbsent,    // neither sent nor set
    kHonoured,  // sent, and not set again
    kSetAgain,  // though it was sent
    kSetNew,    // it was not sent
  };
  Kind kind = Kind::kAbsent;
  int exchange = 0;
  std::string sent;          // value
  std::string set;           // value
  CookieDecision kept_back;  // why it was not sent; its name is empty if the jar had none
  size_t times_sent = 0;     // in one request
  bool honoured() const { return kind == Kind::kHonoured; }
};

// The balancer did not run, or may not have: nothing follows from this answer.
bool MayLackServer(const ProbeExchange& exchange);

class ProbeRun {
 public:
  ProbeRun(const ProbeOptions& options, const ProbeWorld& world);
  ProbeResult Run();

 private:
  // Each returns false if nothing more is to be asked.
  bool First();
  bool Stored();
  bool Kept();
  bool Levels();
  bool Control();
  bool Newcomers();
  void Direct();
  void Pins();
  bool More();

  bool ServedBy();
  bool OtherScheme();
  bool Hosts();
  bool AtHost(const std::string& host);
  bool Path();
  void CrossSite();
  bool Lifetime();
  bool WebSocket();
  bool Versions();
  bool AtVersion(const char* name, HttpVersion version, int answered);

  // conclusion.cc
  void NoCookie();
  void Unreached(const Visit& visit);
  bool NotHonoured(const Sight& sight, const std::string& name);
  bool SetAgain(const Sight& sight, const std::string& name);
  bool LostAtTheEdge();
  // Is the cookie that was not honoured just now honoured if it is sent again, and again?
  bool SometimesHonoured(const Sight& sight, const std::string& name);
  void CompareAtEdge(const ProbeCookie& direct);
  void NoteDirect();
  // Whether another balancer keeps the site's sessions, too, and on which side of Traefik.
  void NoteBalancers();
  BalancerCookies BalancersOf(const Visit& visit) const;

  VisitPlan Plan(std::string check, CookieJar& jar) const;
  Sight Look(const Visit& visit, std::string_view name) const;
  // Sticky cookies that a visit sets.
  std::vector<ProbeCookie> StickyOf(const Visit& visit) const;
  const StoredCookie* Kept(std::string_view name) const;
  const ProbeExchange& Last(const Visit& visit) const {
    return visitor_.exchange(visit.exchanges.back());
  }
  // Did a server answer, as far as one can tell? What the first visit got, others may get.
  bool Proves(const Visit& visit) const {
    return !MayLackServer(Last(visit)) || Last(visit).status == Last(first_).status;
  }
  // What another visit with the jar showed of all cookies: the first that is not honoured, if any.
  Sight Worst(const Visit& visit, std::string& name) const;

  void Note(std::string check, CheckResult result, std::string detail, int exchange = 0);
  bool Pass(std::string check, std::string detail, int exchange = 0);
  bool Skip(std::string check, std::string detail, int exchange = 0);
  // The verdict is broken, unless there is one. Returns false.
  bool Blame(Cause cause, std::string why, int exchange, std::string fix = "");
  bool Doubt(std::string why, int exchange, std::string fix = "");

  const ProbeOptions& options_;
  const ProbeWorld& world_;
  ProbeResult result_;
  Visitor visitor_;
  Url url_;
  CookieJar jar_;
  Visit first_;
  Resemblance resemblance_ = Resemblance::kNone;
  std::vector<std::string> names_;  // of the sticky cookies
  std::vector<int> visits_;         // last exchanges of visits with one jar that were honoured
  bool decided_ = false;

  // Of Traefik itself (--direct).
  bool direct_asked_ = false;
  bool direct_honoured_ = false;
  int direct_exchange_ = 0;
  std::vector<ProbeCookie> direct_;
  BalancerCookies direct_balancers_ = 0;
  std::string at_the_edge_;  // how its cookies differ there
  bool harmed_at_the_edge_ = false;
};

}  // namespace stickyd
