// SPDX-License-Identifier: Apache-2.0
// system_error.h: errno as an Error.
#pragma once

#include <cerrno>
#include <cstring>
#include <string>

#include "stickyd/base/result.h"

namespace stickyd {

inline ErrorCode CodeOf(int error) {
  switch (error) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:  // may be mended, as a link that leads nowhere
      return ErrorCode::kNotFound;
    case EACCES:
    case EPERM:
      return ErrorCode::kPermission;
    case EISDIR:
      return ErrorCode::kNotAFile;
    case EEXIST:
      return ErrorCode::kExists;
    default:
      return ErrorCode::kIo;
  }
}

inline tl::unexpected<Error> SystemError(const std::string& path, int error) {
  return Fail(CodeOf(error), path + ": " + std::strerror(error));
}

}  // namespace stickyd
