// SPDX-License-Identifier: Apache-2.0
// visitor.h: visits a URL with a jar, follows redirects, and writes down every exchange.
// Role:    the checks of the prober are made of visits.
// Shape:   only the hosts of the options are asked, and those of their sites.
// Errors:  a visit says how it ended; a failure is in its last exchange.
// Threads: thread-compatible.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "stickyd/probe/prober.h"
#include "url.h"

namespace stickyd {

enum class VisitEnd : uint8_t {
  kAnswered,
  kFailed,
  kElsewhere,    // a redirect to a host that is not asked
  kCircle,       // a redirect to where it was with the same cookies
  kTooMany,      // redirects
  kBadLocation,  // no http or https URL
  kSpent,        // no time or no requests left
};

struct VisitPlan {
  std::string check;
  Url url;
  CookieJar* jar = nullptr;
  Initiator initiator = Initiator::kSameSite;
  HttpVersion version = HttpVersion::kAny;
  std::string connect_to;
  // Cookies are treated as if the scheme were this one; empty: that of the URL.
  std::string cookie_scheme;
  std::vector<HttpHeader> headers;
  bool follow = true;
};

struct Visit {
  VisitEnd end = VisitEnd::kSpent;
  std::string why;             // it ended so; empty: it was answered
  std::vector<int> exchanges;  // their numbers
  Url landing;                 // where it ended
};

class Visitor {
 public:
  Visitor(const ProbeOptions& options, const ProbeWorld& world, std::vector<ProbeExchange>& into);

  Visit Go(const VisitPlan& plan);
  const ProbeExchange& exchange(int number) const {
    return exchanges_[static_cast<size_t>(number) - 1];
  }
  std::chrono::milliseconds left() const;

 private:
  // False: there was no answer.
  bool AskOnce(const VisitPlan& plan, const Url& url);
  void Receive(const HttpAnswer& answer, const CookieScene& scene, CookieJar& jar);
  // Empty: it is asked.
  std::string WhyElsewhere(const Url& from, const Url& to, const VisitPlan& plan);

  const ProbeOptions& options_;
  const ProbeWorld& world_;
  std::vector<ProbeExchange>& exchanges_;
  const std::chrono::milliseconds begun_;
  bool stopped_ = false;  // by who asked for the probe
  std::set<std::string> hosts_;
  std::set<std::string> sites_;
};

}  // namespace stickyd
