// SPDX-License-Identifier: Apache-2.0
#include "stickyd/parse/plain_parser.h"

#include <memory>

#include "line_edges.h"
#include "stickyd/base/name_table.h"

namespace stickyd {
namespace {

bool IsShort(Text name) { return name.value_or("").size() <= kLongestName; }

}  // namespace

void PlainParser::Parse(ParsedLine& parsed) {
  std::construct_at(&parsed.record);  // in place: it is half a kilobyte
  parsed.plain = false;
  if (parsed.line.too_long || parsed.line.after_gap) return;
  parsed.text = WithoutEnd(WithoutEdges(parsed.line.text));
  if (parsed.text.empty()) return;
  const std::string_view text = parsed.text;
  AccessRecord& record = parsed.record;
  const bool read =
      text.front() == '{' ? json_.ParsePlain(text, record) : clf_.ParsePlain(text, record);
  parsed.plain =
      read && IsShort(record.router) && IsShort(record.service) && IsShort(record.server_url);
}

}  // namespace stickyd
