// SPDX-License-Identifier: Apache-2.0
#include "line_reader.h"

namespace stickyd {

bool StreamLines::Next(Line& line) {
  while (!lines_.Next(line)) {
    if (read_all_) return lines_.Rest(line);
    const auto count = stream_->Read(lines_.Room());
    consumed_ = stream_->consumed();
    if (!count) status_ = tl::unexpected(count.error());
    read_all_ = !count || *count == 0;
    if (read_all_) continue;
    lines_.Commit(*count);
    bytes_read_ += *count;
  }
  return true;
}

std::span<ParsedLine> InlineReader::Next() {
  size_t size = lines_.Next(batch_[0].line) ? 1 : 0;
  while (size > 0 && size < batch_.size() && lines_.NextAtHand(batch_[size].line)) ++size;
  parser_.Reset();
  for (size_t i = 0; i < size; ++i) parser_.Parse(batch_[i]);
  return {batch_.data(), size};
}

}  // namespace stickyd
