// SPDX-License-Identifier: Apache-2.0
// candidate_log.h: the servers, services and routers that a finished log names.
// Role:    `decode --log`: what a cookie's value may stand for.
// Shape:   plain or compressed, with or without wrappers, in any order of its lines.
// Errors:  those of opening and reading; a log without a single record is one too.
// Cost:    one pass over the log; memory does not grow with it beyond the decoder's bounds.
#pragma once

#include <string>

#include "stickyd/base/file_system.h"
#include "stickyd/traefik/value_decoder.h"

namespace stickyd {

Status AddCandidatesOf(const FileSystem& files, const std::string& path, size_t max_line_bytes,
                       ValueDecoder& decoder);

}  // namespace stickyd
