// SPDX-License-Identifier: Apache-2.0
// version.h: which build this is.
// Shape:   nothing that depends on who built it, where or when: the same source, compiler and
//          SOURCE_DATE_EPOCH make the same program.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

struct BuildInfo {
  std::string_view version;
  std::string_view revision;  // of the source; "unknown" outside a checkout
  std::string_view date;      // SOURCE_DATE_EPOCH's; "unknown" where that is not set
  std::string_view platform;
  std::string_view compiler;
};
const BuildInfo& GetBuildInfo();
// As Prometheus programs print it.
std::string VersionText();

}  // namespace stickyd
