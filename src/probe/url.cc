// SPDX-License-Identifier: Apache-2.0
#include "url.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kLongestUrl = 8192;

bool IsHostByte(char c) {
  return (c >= '0' && c <= '9') || (ToLower(c) >= 'a' && ToLower(c) <= 'z') || c == '-' ||
         c == '.' || c == '_';
}
bool IsUrlByte(char c) { return c > ' ' && c < '\x7f'; }

bool IsPort(std::string_view text) {
  const auto number = ParseDigits(text);
  return number && *number > 0 && *number < 65536;
}

// HOST, HOST:PORT, [IPv6], [IPv6]:PORT.
bool TakeAuthority(std::string_view text, Url& url) {
  url.port.clear();
  size_t end = text.size();
  if (text.starts_with('[')) {
    const size_t close = text.find(']');
    if (close == npos) return false;
    url.host = ToLower(text.substr(1, close - 1));
    if (!IsIpAddress(url.host)) return false;
    end = close + 1;
  } else {
    end = std::min(text.find(':'), text.size());
    url.host = ToLower(text.substr(0, end));
    if (url.host.empty() || !std::all_of(url.host.begin(), url.host.end(), IsHostByte)) {
      return false;
    }
  }
  if (end == text.size()) return true;
  url.port = text.substr(end + 1);
  const bool usual = url.port == (url.scheme == "https" ? "443" : "80");
  const bool fine = text[end] == ':' && IsPort(url.port);
  if (usual) url.port.clear();
  return fine;
}

std::string WithoutDots(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const size_t end = path.find('/', 1);
    const std::string_view part = path.substr(0, end);
    const bool last = end == npos;
    path.remove_prefix(last ? path.size() : end);
    if (part == "/..") {
      const size_t slash = out.rfind('/');
      out.resize(slash == std::string::npos ? 0 : slash);
    } else if (part != "/.") {
      out += part;
      continue;
    }
    if (last) out += '/';
  }
  return out.empty() ? "/" : out;
}

void TakePath(std::string_view text, Url& url) {
  text = text.substr(0, text.find('#'));
  const size_t mark = text.find('?');
  url.query = mark == npos ? std::string() : std::string(text.substr(mark));
  url.path = WithoutDots(text.substr(0, mark));
}

}  // namespace

std::string Url::Host() const {
  const std::string name = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return port.empty() ? name : name + ":" + port;
}

std::string Url::Text() const { return Place() + query; }
std::string Url::Place() const { return scheme + "://" + Host() + path; }

CookieScene Url::Scene() const {
  CookieScene scene;
  scene.secure = scheme == "https";
  scene.host = host;
  scene.path = path;
  return scene;
}

std::optional<Url> ParseUrl(std::string_view text) {
  if (text.size() > kLongestUrl || !std::all_of(text.begin(), text.end(), IsUrlByte)) {
    return std::nullopt;
  }
  Url url;
  const size_t mark = text.find("://");
  if (mark == npos) return std::nullopt;
  url.scheme = ToLower(text.substr(0, mark));
  if (url.scheme != "http" && url.scheme != "https") return std::nullopt;
  text.remove_prefix(mark + 3);
  const size_t end = std::min(text.find_first_of("/?#"), text.size());
  if (!TakeAuthority(text.substr(0, end), url)) return std::nullopt;
  TakePath(text.substr(end), url);
  return url;
}

std::optional<Url> ResolveUrl(const Url& base, std::string_view reference) {
  reference = Trim(reference);
  if (reference.size() > kLongestUrl ||
      !std::all_of(reference.begin(), reference.end(), IsUrlByte)) {
    return std::nullopt;
  }
  const size_t mark = reference.find(':');
  if (mark != npos && mark < reference.find_first_of("/?#")) return ParseUrl(reference);
  if (reference.starts_with("//")) return ParseUrl(base.scheme + ":" + std::string(reference));
  Url url = base;
  if (reference.starts_with('/')) {
    TakePath(reference, url);
  } else if (reference.starts_with('?')) {
    TakePath(base.path + std::string(reference), url);
  } else if (!reference.empty() && !reference.starts_with('#')) {
    TakePath(base.path.substr(0, base.path.rfind('/') + 1) + std::string(reference), url);
  }
  return url;
}

std::optional<Url> WithHost(const Url& url, std::string_view host) {
  Url other = url;
  const std::string port = url.port;
  if (!TakeAuthority(host, other)) return std::nullopt;
  const bool named = !host.ends_with(']') && host.find(':', host.rfind(']') + 1) != npos;
  if (!named) other.port = port;
  return other;
}

}  // namespace stickyd
