// SPDX-License-Identifier: Apache-2.0
#include "json_tokens.h"

#include <algorithm>
#include <new>

namespace stickyd {
namespace {

constexpr size_t kFirstCapacity = 8192;

}  // namespace

bool JsonTokens::Read(std::string_view text) {
  if (text.size() > capacity_) {
    capacity_ = std::max({kFirstCapacity, 2 * capacity_, text.size()});
    const bool made = !simdjson::get_active_implementation()->create_dom_parser_implementation(
                          capacity_, simdjson::DEFAULT_MAX_DEPTH, index_) &&
                      !document_.allocate(capacity_);
    if (!made) throw std::bad_alloc();
  }
  text_ = text;
  const auto* bytes = reinterpret_cast<const uint8_t*>(text.data());
  if (index_ == nullptr || index_->parse(bytes, text.size(), document_)) return false;
  if (text[index_->structural_indexes[0]] != '{') return false;
  escapes_ = std::memchr(text.data(), '\\', text.size()) != nullptr;
  return true;
}

JsonValue JsonFields::Value() {
  const JsonValue value{text_, at_ + 3};
  at_ = value.at;
  int depth = 0;
  do {
    depth += Byte(0) == '{' || Byte(0) == '[' ? 1 : 0;
    depth -= Byte(0) == '}' || Byte(0) == ']' ? 1 : 0;
    ++at_;
  } while (depth > 0);
  return value;
}

bool JsonUnescaper::Unescape(std::string_view inside, Text& out) {
  const char* const quote = inside.data() - 1;
  const auto readable = static_cast<size_t>(line_.data() + line_.size() - quote) + kLinePadding;
  simdjson::ondemand::document document;
  std::string_view text;
  const simdjson::padded_string_view token(quote, inside.size() + 2, readable);
  if (parser_.iterate(token).get(document) || document.get_string().get(text)) return false;
  out = arena_.Join({text});
  return true;
}

}  // namespace stickyd
