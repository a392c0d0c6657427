// SPDX-License-Identifier: Apache-2.0
// case_maker.h: all that is known of a break when it happens, as one case; not its cause.
// Role:    the pipeline makes a case of each break and hands it to OpenVerdicts.
// Shape:   reads the other parts of the pipeline as they are after the verdict, and before the
//          record is learnt. The case owns what it holds.
// Threads: pipeline thread only.
// Cost:    allocates, per break.
#pragma once

#include "stickyd/diagnose/fact_book.h"
#include "stickyd/engine/inspector.h"
#include "stickyd/session/identifier.h"
#include "stickyd/session/session_table.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {

class CaseMaker {
 public:
  const Interpreter& interpreter;
  const Identifier& identifier;
  const SessionTable& sessions;
  FactBook& facts;
  EventTime now;

  BreakCase Make(const Inspection& of, const BreakSight& sight) const;

 private:
  bool RivalVisited(const Inspection& of, const BreakCase& at) const;
};

}  // namespace stickyd
