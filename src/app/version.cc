#include "stickyd/app/version.h"

#include <fmt/format.h>

namespace stickyd {

const BuildInfo& GetBuildInfo() {
#if defined(__clang__)
  static constexpr BuildInfo info{STICKYD_VERSION, STICKYD_REVISION, "clang " __clang_version__};
#else
  static constexpr BuildInfo info{STICKYD_VERSION, STICKYD_REVISION, "gcc " __VERSION__};
#endif
  return info;
}

std::string VersionText() {
  const BuildInfo& info = GetBuildInfo();
  return fmt::format("stickyd, version {} (revision: {})\n  compiler: {}\n", info.version,
                     info.revision, info.compiler);
}

}  // namespace stickyd
