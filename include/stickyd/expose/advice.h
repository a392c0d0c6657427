// SPDX-License-Identifier: Apache-2.0
// advice.h: what a cause means and what to do about it, in a sentence each, and the page about it.
// Role:    events, reports and the page fill it in with real names; `stickyd cause` shows the page.
// Source:  docs/causes/NAME.md, which is compiled in.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/model/verdict.h"

namespace stickyd {

// What would have told more, and is not there.
struct MissingEvidence {
  unsigned fields = 0;  // LogFields that no record has
  bool config = true;   // Traefik's API was not asked
};

struct AdviceNames {
  std::string_view service;
  std::string_view from;
  std::string_view to;
  MissingEvidence missing = {};
};

// What happened, as a sentence without names.
std::string_view Summary(Cause cause);
// What to do, with the names filled in.
std::string Advice(Cause cause, const AdviceNames& names);
// docs/causes/NAME.md.
std::string_view CausePage(Cause cause);
// Where that page is, for somebody who is not on this machine. If `pages` has {cause} in it, the
// name stands in its place; else NAME.md follows. If `pages` is empty, it is the file that was
// installed.
std::string CausePageAddress(Cause cause, std::string_view pages);

}  // namespace stickyd
