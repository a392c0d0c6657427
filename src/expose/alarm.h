// alarm.h: which break ratio is alarming.
// Role:    the page and the report show such ones in red.
#pragma once

#include "stickyd/model/service_stats.h"

namespace stickyd {

// What is surely above one in a hundred, with enough requests to say so.
inline bool IsBad(const RatioCounts& counts) {
  return counts.returning >= 20 && counts.LowerBound() > 0.01;
}

}  // namespace stickyd
