// SPDX-License-Identifier: Apache-2.0
// result.h: the one way in which functions report failure.
// Shape:   Result<T> is a T or an Error; Status is success or an Error.
// Errors:  callers branch on Error::code only; the message is for people.
// Source:  tl::expected, because std::expected is C++23 and empty under clang 14.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <utility>

namespace stickyd {

enum class ErrorCode {
  kNotFound,      // no such file, name or value
  kExists,        // is there already, and is not to be replaced
  kPermission,    // exists, but may not be read or written
  kNotAFile,      // a directory, socket or device where a file is needed
  kIo,            // the system refused for another reason; the message has errno's text
  kInvalidInput,  // malformed configuration, option, JSON or value
  kLimit,         // larger than a configured bound
  kUnsupported,   // well-formed, but not for this build or this Traefik version
};

struct Error {
  ErrorCode code;
  std::string message;
};

template <class T>
using Result = tl::expected<T, Error>;
using Status = tl::expected<void, Error>;

inline tl::unexpected<Error> Fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

}  // namespace stickyd
