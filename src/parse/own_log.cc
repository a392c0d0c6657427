// SPDX-License-Identifier: Apache-2.0
#include "own_log.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kColouredWord = 64;
constexpr size_t kFarEnough = 256;  // a prefix, or the first words of a message

// 2026-04-17T14:22:01Z INF text, as zerolog writes to a console without colours.
bool IsZerologConsole(std::string_view text) {
  static constexpr std::string_view kLevels = "TRC DBG INF WRN ERR FTL PNC";
  const size_t space = text.find(' ');
  if (space < 19 || space > 35 || text.size() < space + 5 || text[10] != 'T') return false;
  const std::string_view level = text.substr(space + 1, 3);
  return text[space + 4] == ' ' && kLevels.find(level) % 4 == 0 &&
         text.substr(0, space).find_first_not_of("0123456789-:.TZ+") == npos;
}

// 2026/04/17 14:22:01 text, as Go's standard library writes.
bool IsGoLog(std::string_view text) {
  return text.size() > 20 && text[4] == '/' && text[7] == '/' && text[10] == ' ' &&
         text[13] == ':' && text[16] == ':' && text[19] == ' ' &&
         text.substr(0, 19).find_first_not_of("0123456789/ :") == npos;
}

// ESC [ 90 m text ESC [ 0 m, as both loggers of Traefik write to a terminal.
bool IsColoured(std::string_view text) {
  if (!text.starts_with("\x1b[")) return false;
  const size_t end = text.find_first_not_of("0123456789;", 2);
  return end != npos && end > 2 && text[end] == 'm' &&
         text.substr(end, kColouredWord).find("\x1b[0m") != npos;
}

// Is it so behind one of the blanks of its beginning?
template <class Test>
bool HoldsBehindPrefix(std::string_view text, const Test& test) {
  const std::string_view front = text.substr(0, kFarEnough);
  for (size_t at = front.find_first_of(" \t"); at != npos;
       at = front.find_first_of(" \t", at + 1)) {
    if (test(text.substr(at + 1))) return true;
  }
  return false;
}

constexpr std::string_view kLevels[] = {"TRACE", "DEBUG", "INFO",  "WARN",
                                        "ERROR", "FATAL", "PANIC", "WARNING"};
bool IsLevel(std::string_view word) {
  return std::find(std::begin(kLevels), std::end(kLevels), word) != std::end(kLevels);
}

bool IsMiddleware(std::string_view word) {
  const size_t at = word.find('@');
  return at != npos && at > 0 && at + 1 < word.size() &&
         std::all_of(word.begin(), word.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                  c == '@' || c == '-' || c == '_' || c == '.';
         });
}

}  // namespace

bool IsTraefikLog(std::string_view text) {
  if (text.starts_with("time=\"") && text.substr(0, kFarEnough).find(" level=") != npos)
    return true;
  return IsColoured(text) || IsZerologConsole(text) || IsGoLog(text);
}

bool HoldsTraefikLog(std::string_view text) { return HoldsBehindPrefix(text, IsTraefikLog); }

bool IsPluginLine(std::string_view text) {
  const std::string_view word = text.substr(0, std::min(text.find(' '), kFarEnough));
  if (word.size() == text.size() || word.size() < 3) return false;
  if (word.front() == '[' && word.back() == ']') return IsLevel(word.substr(1, word.size() - 2));
  if (word.back() != ':') return false;
  const std::string_view name = word.substr(0, word.size() - 1);
  return IsLevel(name) || IsMiddleware(name);
}

bool HoldsPluginLine(std::string_view text) { return HoldsBehindPrefix(text, IsPluginLine); }

bool IsText(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t' && c != '\x1b') || byte == 0x7F;
  });
}

}  // namespace stickyd
