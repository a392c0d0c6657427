// SPDX-License-Identifier: Apache-2.0
#include "stickyd/app/version.h"

#include <fmt/format.h>

namespace stickyd {

const BuildInfo& GetBuildInfo() {
#if defined(__clang__)
  constexpr std::string_view kCompiler = "clang " __clang_version__;
#else
  constexpr std::string_view kCompiler = "gcc " __VERSION__;
#endif
  static constexpr BuildInfo info{STICKYD_VERSION, STICKYD_REVISION, STICKYD_BUILD_DATE,
                                  STICKYD_PLATFORM, kCompiler};
  return info;
}

std::string VersionText() {
  const BuildInfo& info = GetBuildInfo();
  return fmt::format(
      "stickyd, version {} (revision: {})\n  build date:       {}\n  platform:         {}\n"
      "  compiler:         {}\n",
      info.version, info.revision, info.date, info.platform, info.compiler);
}

}  // namespace stickyd
