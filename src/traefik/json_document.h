// SPDX-License-Identifier: Apache-2.0
// json_document.h: the values of a JSON document of known shape, each with its place.
// Role:    the readers of Traefik's API answers, live and saved.
// Shape:   absent and null give the default; another type is remembered as an error, with its
//          place, so that a document is refused as a whole.
// Errors:  kInvalidInput with the place; kLimit for documents of absurd size.
// Threads: thread-compatible.
#pragma once

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/result.h"
#include "stickyd/base/text.h"

namespace stickyd {

namespace dom = simdjson::dom;

inline constexpr size_t kMaxDocumentBytes = size_t{64} * 1024 * 1024;
inline constexpr size_t kMaxObjects = 50'000;
// Of a name and of the provider in it: references without one are completed with their referrer's.
inline constexpr size_t kMaxNameBytes = 1024;
inline constexpr size_t kMaxProviderBytes = 128;

class JsonReader {
 public:
  std::string_view String(dom::element at, std::string_view key, std::string_view place) {
    dom::element value;
    std::string_view text;
    if (!Find(at, key, value)) return {};
    if (value.get(text)) Complain(place, key, "a string");
    return text;
  }
  bool Bool(dom::element at, std::string_view key, std::string_view place) {
    dom::element value;
    bool flag = false;
    if (Find(at, key, value) && value.get(flag)) Complain(place, key, "true or false");
    return flag;
  }
  int64_t Number(dom::element at, std::string_view key, int64_t otherwise, std::string_view place) {
    dom::element value;
    int64_t number = otherwise;
    if (Find(at, key, value) && value.get(number)) Complain(place, key, "a whole number");
    return number;
  }
  bool Object(dom::element at, std::string_view key, std::string_view place, dom::element& out) {
    if (!Find(at, key, out)) return false;
    if (out.is_object()) return true;
    Complain(place, key, "an object");
    return false;
  }
  // Calls visit(element) for the elements of an array.
  template <class Visit>
  void Each(dom::element at, std::string_view key, std::string_view place, Visit visit) {
    dom::element value;
    dom::array array;
    if (!Find(at, key, value)) return;
    if (value.get(array)) return Complain(place, key, "an array");
    for (const dom::element item : array) visit(item);
  }
  // Calls visit(name, element) for the members of an object.
  template <class Visit>
  void EachMember(dom::element at, std::string_view key, Visit visit) {
    dom::element value;
    if (!Object(at, key, "rawdata", value)) return;
    size_t count = 0;
    for (const dom::key_value_pair member : dom::object(value)) {
      if (++count > kMaxObjects) return Complain("rawdata", key, "a smaller object");
      const std::string_view name = member.key;
      const size_t provider = name.size() - std::min(name.rfind('@'), name.size());
      if (name.size() > kMaxNameBytes || provider > kMaxProviderBytes) {
        return Complain("rawdata", key, "an object with shorter names");
      }
      if (!member.value.is_object()) return Complain(key, member.key, "an object");
      visit(member.key, member.value);
    }
  }
  std::vector<std::string> Strings(dom::element at, std::string_view key, std::string_view place) {
    std::vector<std::string> out;
    Each(at, key, place, [&](dom::element item) {
      std::string_view text;
      if (item.get(text)) return Complain(place, key, "strings");
      out.emplace_back(text);
    });
    return out;
  }
  void Complain(std::string_view place, std::string_view key, std::string_view wanted) {
    if (error_.empty())
      error_ = fmt::format("{}: {} is not {}", Printable(place), Printable(key), wanted);
  }
  const std::string& error() const { return error_; }

 private:
  static bool Find(dom::element at, std::string_view key, dom::element& out) {
    return !at[key].get(out) && !out.is_null();
  }
  std::string error_;
};

// Parses one document and hands it to `read`.
template <class Read>
Status WithDocument(std::string_view what, std::string_view json, Read read) {
  if (json.size() > kMaxDocumentBytes) {
    return Fail(ErrorCode::kLimit, fmt::format("{}: more than {} bytes", what, kMaxDocumentBytes));
  }
  dom::parser parser;
  dom::element document;
  if (const auto error = parser.parse(json.data(), json.size()).get(document)) {
    return Fail(ErrorCode::kInvalidInput,
                fmt::format("{}: {}", what, simdjson::error_message(error)));
  }
  JsonReader reader;
  read(reader, document);
  if (!reader.error().empty()) {
    return Fail(ErrorCode::kInvalidInput, fmt::format("{}: {}", what, reader.error()));
  }
  return {};
}

}  // namespace stickyd
