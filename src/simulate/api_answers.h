// SPDX-License-Identifier: Apache-2.0
// api_answers.h: what the API of the simulated Traefik answers (v2 and v3; v1.7 has another API).
#pragma once

#include "stickyd/simulate/simulator.h"
#include "world.h"

namespace stickyd {

SimulatedAnswers AnswersOf(const World& world, int64_t time_ns, int64_t started_ns);

}  // namespace stickyd
