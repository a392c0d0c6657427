// SPDX-License-Identifier: Apache-2.0
#include "journal_export.h"

#include <algorithm>
#include <cstdint>

#include "stickyd/model/line.h"

namespace stickyd {
namespace {

constexpr size_t kLengthBytes = 8;

bool IsFieldName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

uint64_t LittleEndian(std::string_view bytes) {
  uint64_t value = 0;
  for (size_t i = kLengthBytes; i-- > 0;) value = value << 8U | static_cast<uint8_t>(bytes[i]);
  return value;
}

}  // namespace

JournalExport::Outcome JournalExport::Feed(std::string_view line) {
  if (open_) return FeedBytes(line);
  const size_t equals = line.find('=');
  const std::string_view name = line.substr(0, equals);
  if (!IsFieldName(name)) return Outcome::kNot;
  is_message_ = name == "MESSAGE";
  if (equals == std::string_view::npos) {
    open_ = true;
    bytes_.clear();
    return Outcome::kField;
  }
  text_ = line.substr(equals + 1);
  return is_message_ ? Outcome::kMessage : Outcome::kField;
}

JournalExport::Outcome JournalExport::FeedBytes(std::string_view line) {
  bytes_.append(line) += '\n';
  if (bytes_.size() <= kLengthBytes) return Outcome::kField;
  const uint64_t length = LittleEndian(bytes_);
  open_ = length <= max_bytes_ && bytes_.size() < kLengthBytes + length + 1;
  if (open_ || length > max_bytes_ || !is_message_) return Outcome::kField;
  bytes_.append(kLinePadding, '\0');
  text_ = std::string_view(bytes_).substr(kLengthBytes, length);
  return Outcome::kMessage;
}

}  // namespace stickyd
