// SPDX-License-Identifier: Apache-2.0
// version.h: which build this is.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

struct BuildInfo {
  std::string_view version;
  std::string_view revision;  // of the source; "unknown" outside a checkout
  std::string_view branch;    // the same
  std::string_view user;      // who built it, and where
  std::string_view date;      // when; SOURCE_DATE_EPOCH decides where it is set
  std::string_view platform;
  std::string_view compiler;
};
const BuildInfo& GetBuildInfo();
// As Prometheus programs print it.
std::string VersionText();

}  // namespace stickyd
