// SPDX-License-Identifier: Apache-2.0
// foreign_format.h: files that hold a log in a form that is not read.
// Role:    InputStream refuses them by name, with the command that makes a log of them.
// Shape:   told by the first bytes, as they are in the file or as they come out of a decoder.
// Threads: thread-safe.
// Source:  the formats' own magic numbers; POSIX.1 pax for tar.
#pragma once

#include <string>
#include <string_view>

namespace stickyd {

// How many of the first bytes tell: a block of a tar archive.
inline constexpr size_t kForeignHeadBytes = 512;

// "/logs/a.zip: is a zip archive; type: unzip -p /logs/a.zip | stickyd analyze -", or "": it is
// none. `head`: the first bytes of the file.
std::string ForeignFormat(std::string_view path, std::string_view head);
// The same of what came out of a decoder; the commands that it names decompress themselves.
std::string ForeignContent(std::string_view path, std::string_view head);

}  // namespace stickyd
