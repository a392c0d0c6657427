// SPDX-License-Identifier: Apache-2.0
// http2.h: one HTTP/2 request over plain TCP (prior knowledge), as rude as a test wants it.
// Shape:   fields go out as they are: nothing is checked, and nothing is compressed. Of the answer
//          only the body is kept; its header is not decoded.
// Source:  RFC 9113 (frames), RFC 7541 section 6.2.2 (literal without indexing).
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "stickyd/base/fd.h"

namespace stickyd {

using Http2Fields = std::vector<std::pair<std::string, std::string>>;

// The bytes of a connection with this request alone.
std::string Http2Request(const Http2Fields& fields);

// The answer's body, up to the end of the stream, or of the connection; empty if it was refused.
std::string ReadHttp2Body(const UniqueFd& fd);

}  // namespace stickyd
