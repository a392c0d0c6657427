// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "../setup.h"
#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/config/option_hints.h"
#include "stickyd/expose/advice.h"

namespace stickyd {

int RunCause(const Settings& settings) {
  if (settings.arguments.empty()) {
    ForEachValue<Cause>([](Cause cause) { fmt::print("{:<26}{}\n", Name(cause), Summary(cause)); });
    return kExitFine;
  }
  const auto cause = CauseFromName(settings.arguments.front());
  if (!cause) {
    const std::string& name = settings.arguments.front();
    const std::string meant = MeantCause(name);
    Complain("cause", "there is no cause '" + name + "'" +
                          (meant.empty() ? "; without an argument all are listed" : meant));
    return kExitUsage;
  }
  fmt::print("{}", CausePage(*cause));
  return kExitFine;
}

}  // namespace stickyd
