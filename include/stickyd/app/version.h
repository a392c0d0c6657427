// version.h: which build this is.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

struct BuildInfo {
  std::string_view version;
  std::string_view revision;  // of the source; "unknown" outside a checkout
  std::string_view compiler;
};
const BuildInfo& GetBuildInfo();
// As Prometheus programs print it.
std::string VersionText();

}  // namespace stickyd
