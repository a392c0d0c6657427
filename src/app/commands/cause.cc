#include <fmt/format.h>

#include <cstdio>

#include "commands.h"
#include "stickyd/app/app.h"
#include "stickyd/expose/advice.h"

namespace stickyd {

int RunCause(const Settings& settings) {
  if (settings.arguments.empty()) {
    ForEachValue<Cause>([](Cause cause) { fmt::print("{:<26}{}\n", Name(cause), Summary(cause)); });
    return kExitFine;
  }
  const auto cause = CauseFromName(settings.arguments.front());
  if (!cause) {
    fmt::print(stderr,
               "stickyd cause: there is no cause '{}'; without an argument all are listed\n",
               settings.arguments.front());
    return kExitUsage;
  }
  fmt::print("{}", CausePage(*cause));
  return kExitFine;
}

}  // namespace stickyd
