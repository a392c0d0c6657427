// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/route_rule.h"

#include <algorithm>
#include <optional>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using Is = RouteAlternative::Is;
using Alternatives = std::vector<RouteAlternative>;

constexpr size_t kLongestRule = 16384;
constexpr size_t kMostAlternatives = 256;  // a list of hosts can be long
constexpr size_t kMostProducts = 64;       // several hosts times several paths
constexpr size_t kMostCombined = 4096;     // in one rule, however often it says &&
constexpr int kDeepest = 32;

bool IsWordLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// A name that a browser could ask for: no pattern, no template.
bool IsPlainHost(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return IsWordLetter(c) || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
}

// In v2 braces are parameters.
bool IsPlainPath(std::string_view path) {
  return path.starts_with('/') && path.find_first_of("{}*") == npos;
}

RouteAlternative OfHost(std::string_view host) {
  RouteAlternative out;
  out.host_is = IsPlainHost(host) ? Is::kKnown : Is::kUnknown;
  if (out.host_is == Is::kKnown) out.host = ToLower(host);
  return out;
}

RouteAlternative OfPath(std::string_view path, bool exact) {
  RouteAlternative out;
  out.path_is = IsPlainPath(path) ? Is::kKnown : Is::kUnknown;
  if (out.path_is != Is::kKnown) return out;
  out.path = path;
  out.exact_path = exact;
  if (path == "/" && !exact) out = {};
  return out;
}

// Both at once; nullopt if nothing fulfils both.
std::optional<RouteAlternative> Both(const RouteAlternative& a, const RouteAlternative& b) {
  RouteAlternative out = a;
  if (a.host_is == Is::kKnown && b.host_is == Is::kKnown && a.host != b.host) return std::nullopt;
  // A known host says more than an unknown one, and that more than none.
  if (a.host_is == Is::kAny || b.host_is == Is::kKnown) {
    out.host_is = b.host_is;
    out.host = b.host;
  }
  // The narrower path is that of both, where one holds the other.
  const auto take_path_of = [&out](const RouteAlternative& one) {
    out.path_is = one.path_is;
    out.path = one.path;
    out.exact_path = one.exact_path;
  };
  if (a.path_is == Is::kAny) {
    take_path_of(b);
  } else if (b.path_is == Is::kKnown && a.path_is == Is::kKnown) {
    const bool b_in_a = !a.exact_path && b.path.starts_with(a.path);
    const bool a_in_b = (!b.exact_path && a.path.starts_with(b.path)) || a.path == b.path;
    if (!b_in_a && !a_in_b) return std::nullopt;
    if (b_in_a) take_path_of(b);
  } else if (b.path_is != Is::kAny) {
    RouteAlternative unknown;
    unknown.path_is = Is::kUnknown;
    take_path_of(unknown);
  }
  return out;
}

// A parser by descent: any ||, all &&, one of (...), !..., a matcher.
class RuleParser {
 public:
  explicit RuleParser(std::string_view rule) : rest_(rule) {}

  std::optional<Alternatives> All() {
    auto out = Any(0);
    SkipBlanks();
    if (!rest_.empty()) return std::nullopt;
    return out;
  }

 private:
  void SkipBlanks() {
    while (!rest_.empty() &&
           (rest_.front() == ' ' || (rest_.front() >= '\t' && rest_.front() <= '\r')))
      rest_.remove_prefix(1);
  }
  bool Take(std::string_view token) {
    SkipBlanks();
    if (!rest_.starts_with(token)) return false;
    rest_.remove_prefix(token.size());
    return true;
  }

  std::optional<Alternatives> Any(int depth) {
    auto out = Every(depth);
    while (out && Take("||")) {
      const auto more = Every(depth);
      if (!more || out->size() + more->size() > kMostAlternatives) return std::nullopt;
      out->insert(out->end(), more->begin(), more->end());
    }
    return out;
  }

  std::optional<Alternatives> Every(int depth) {
    auto out = One(depth);
    while (out && Take("&&")) {
      const auto more = One(depth);
      if (!more) return std::nullopt;
      const bool product = out->size() > 1 && more->size() > 1;
      if (product && out->size() * more->size() > kMostProducts) return std::nullopt;
      const size_t combined = out->size() * more->size();
      if (combined > combinations_left_) return std::nullopt;
      combinations_left_ -= combined;
      Alternatives both;
      for (const RouteAlternative& a : *out) {
        for (const RouteAlternative& b : *more) {
          if (auto made = Both(a, b)) both.push_back(std::move(*made));
        }
      }
      out = std::move(both);
    }
    return out;
  }

  std::optional<Alternatives> One(int depth) {
    if (depth > kDeepest) return std::nullopt;
    if (Take("!")) {
      // What is left out leaves any other; which ones, no name tells.
      if (!One(depth + 1)) return std::nullopt;
      return Alternatives(1);
    }
    if (Take("(")) {
      auto out = Any(depth + 1);
      if (!out || !Take(")")) return std::nullopt;
      return out;
    }
    return Matcher();
  }

  std::optional<Alternatives> Matcher() {
    SkipBlanks();
    size_t length = 0;
    while (length < rest_.size() && IsWordLetter(rest_[length])) ++length;
    const std::string name = ToLower(rest_.substr(0, length));
    rest_.remove_prefix(length);
    if (name.empty() || !Take("(")) return std::nullopt;
    std::vector<std::string_view> values;
    while (!Take(")")) {
      if (!values.empty() && !Take(",")) return std::nullopt;
      const auto value = Quoted();
      if (!value || values.size() >= kMostAlternatives) return std::nullopt;
      values.push_back(*value);
    }
    return Meaning(name, values);
  }

  std::optional<std::string_view> Quoted() {
    SkipBlanks();
    if (rest_.empty() || (rest_.front() != '`' && rest_.front() != '"')) return std::nullopt;
    const char quote = rest_.front();
    const size_t end = rest_.find(quote, 1);
    if (end == npos) return std::nullopt;
    const std::string_view value = rest_.substr(1, end - 1);
    // Escapes in double quotes: none of ours has one.
    if (quote == '"' && value.find('\\') != npos) escaped_ = true;
    rest_.remove_prefix(end + 1);
    return value;
  }

  std::optional<Alternatives> Meaning(std::string_view name,
                                      const std::vector<std::string_view>& values) const {
    if (escaped_) return std::nullopt;
    Alternatives out;
    for (const std::string_view value : values) {
      if (name == "host" || name == "hostheader") out.push_back(OfHost(value));
      if (name == "path" || name == "pathprefix") out.push_back(OfPath(value, name == "path"));
    }
    if (!out.empty()) return out;
    out.resize(1);
    if (name == "hostregexp") out[0].host_is = Is::kUnknown;
    if (name == "pathregexp") out[0].path_is = Is::kUnknown;
    if (name == "host" || name == "hostheader" || name == "path" || name == "pathprefix") {
      return std::nullopt;  // without a value
    }
    return out;
  }

  std::string_view rest_;
  bool escaped_ = false;
  size_t combinations_left_ = kMostCombined;
};

}  // namespace

RouteMatch ReadRouteRule(std::string_view rule) {
  RouteMatch out;
  if (rule.size() > kLongestRule) return out;
  auto alternatives = RuleParser(rule).All();
  if (!alternatives) return out;
  out.readable = true;
  out.alternatives = std::move(*alternatives);
  return out;
}

}  // namespace stickyd
