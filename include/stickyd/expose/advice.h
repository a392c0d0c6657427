// advice.h: what a cause means and what to do about it, in a sentence each, and the page about it.
// Role:    events, reports and the page fill it in with real names; `stickyd cause` shows the page.
// Source:  docs/causes/NAME.md, which is compiled in.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/model/verdict.h"

namespace stickyd {

struct AdviceNames {
  std::string_view service;
  std::string_view from;
  std::string_view to;
};

// What happened, as a sentence without names.
std::string_view Summary(Cause cause);
// What to do, with the names filled in.
std::string Advice(Cause cause, const AdviceNames& names);
// docs/causes/NAME.md.
std::string_view CausePage(Cause cause);

}  // namespace stickyd
