// SPDX-License-Identifier: Apache-2.0
#include "stickyd/api/api_client.h"

#include <fmt/format.h>

#include <charconv>
#include <utility>
#include <vector>

#include "rawdata.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

template <class T>
using Answered = tl::expected<T, ApiFailure>;

constexpr int kOk = 200;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kMostRedirects = 3;
constexpr size_t kMostPages = 500;
constexpr size_t kMostCredentials = 64 << 10;  // bytes of a file

tl::unexpected<ApiFailure> Fault(ApiFault fault, std::string message) {
  return tl::unexpected(ApiFailure{fault, std::move(message)});
}

ApiFault FaultOf(HttpFault fault) {
  switch (fault) {
    case HttpFault::kBadUrl:
      return ApiFault::kBadUrl;
    case HttpFault::kResolve:
      return ApiFault::kResolve;
    case HttpFault::kConnect:
      return ApiFault::kConnect;
    case HttpFault::kTls:
      return ApiFault::kTls;
    case HttpFault::kTimeout:
      return ApiFault::kTimeout;
    case HttpFault::kTooLong:
      return ApiFault::kTooLong;
    case HttpFault::kFile:
      return ApiFault::kFile;
    case HttpFault::kBroken:
    case HttpFault::kStopped:  // nobody is told of it
      return ApiFault::kBroken;
  }
  return ApiFault::kBroken;
}

struct UrlParts {
  std::string_view scheme;     // with ://
  std::string_view authority;  // host:port, with a user before it
  std::string_view path;
};
UrlParts PartsOf(std::string_view url) {
  UrlParts parts;
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) {
    parts.scheme = url.substr(0, scheme + 3);
    url.remove_prefix(scheme + 3);
  }
  const size_t end = std::min(url.find_first_of("/?#"), url.size());
  parts.authority = url.substr(0, end);
  parts.path = url.substr(end);
  return parts;
}

std::string_view WithoutUser(std::string_view authority) {
  const size_t at = authority.rfind('@');
  return at == std::string_view::npos ? authority : authority.substr(at + 1);
}

std::string_view HostOf(std::string_view authority) {
  authority = WithoutUser(authority);
  if (authority.starts_with('[')) return authority.substr(0, authority.find(']') + 1);
  return authority.substr(0, authority.rfind(':'));
}

// Where a redirect leads; empty if that is another host, or in the open from behind TLS.
std::string RedirectTo(std::string_view url, std::string_view location) {
  const UrlParts from = PartsOf(url);
  if (location.starts_with('/') && !location.starts_with("//")) {
    return fmt::format("{}{}{}", from.scheme, from.authority, location);
  }
  const UrlParts to = PartsOf(location);
  const bool same_host = EqualsIgnoreCase(HostOf(from.authority), HostOf(to.authority));
  const bool opened = from.scheme == "https://" && to.scheme != "https://";
  const bool http = to.scheme == "http://" || to.scheme == "https://";
  if (!http || !same_host || opened || to.authority != WithoutUser(to.authority)) return "";
  return std::string(location);
}

// Did Traefik, or who guards it, say no? All else may be otherwise at the next try.
bool IsRefusal(const ApiFailure& failure) {
  return failure.fault == ApiFault::kUnauthorized || failure.fault == ApiFault::kNoApi ||
         failure.fault == ApiFault::kStatus;
}

size_t NextPage(const HttpAnswer& answer) {
  const std::string_view text = answer.Header("X-Next-Page");
  size_t page = 0;
  std::from_chars(text.data(), text.data() + text.size(), page);
  return page;
}

}  // namespace

std::string ShownUrl(std::string_view url) {
  const UrlParts parts = PartsOf(url);
  std::string_view path = parts.path.substr(0, parts.path.find_first_of("?#"));
  while (path.ends_with('/')) path.remove_suffix(1);
  return Printable(fmt::format("{}{}{}", parts.scheme, WithoutUser(parts.authority), path));
}

Answered<TraefikConfig> AskForConfig(const ApiTarget& target, const FileSystem& files,
                                     EventTime now) {
  auto answers = ApiClient(target, files).Ask();
  if (!answers) return tl::unexpected(answers.error());
  answers->time = now;
  auto config = ReadConfig(*answers);
  if (!config)
    return Fault(ApiFault::kBadAnswer, ShownUrl(target.url) + ": " + config.error().message);
  return std::move(*config);
}

ApiClient::ApiClient(ApiTarget target, const FileSystem& files)
    : target_(std::move(target)), files_(files) {}

// They may change while Traefik runs: tokens do.
Answered<void> ApiClient::ReadCredentials() {
  const auto read = [&](const std::string& path) -> Answered<std::string> {
    if (path.empty()) return std::string();
    auto text = ReadWholeFile(files_, path, kMostCredentials);
    if (!text) return Fault(ApiFault::kCredentials, text.error().message);
    const std::string_view line = Trim(std::string_view(*text).substr(0, text->find('\n')));
    if (line.empty()) return Fault(ApiFault::kCredentials, path + ": its first line is empty");
    return std::string(line);
  };
  const auto user = read(target_.basic_file);
  if (!user) return tl::unexpected(user.error());
  if (!user->empty() && user->find(':') == std::string::npos) {
    return Fault(ApiFault::kCredentials,
                 target_.basic_file + ": its first line is not user:password");
  }
  const auto bearer = read(target_.bearer_file);
  if (!bearer) return tl::unexpected(bearer.error());
  if (client_ != nullptr && *user == user_ && *bearer == bearer_) return {};
  user_ = *user;
  bearer_ = *bearer;
  HttpOptions http = target_.http;
  http.user = user_;
  http.bearer = bearer_;
  client_ = std::make_unique<HttpClient>(std::move(http));
  return {};
}

Answered<HttpAnswer> ApiClient::Get(const std::string& path, const std::stop_token& stop) {
  std::string base = target_.url;
  while (base.ends_with('/')) base.pop_back();
  HttpRequest request;
  request.url = base + path;
  if (!target_.host.empty()) request.headers.push_back({"Host", target_.host});
  const std::string place = ShownUrl(request.url);
  for (int i = 0; i <= kMostRedirects; ++i) {
    auto answer = client_->Ask(request, stop);
    if (!answer) return Fault(FaultOf(answer.error().fault), answer.error().message);
    if (answer->status / 100 != 3) return std::move(*answer);
    const std::string_view location = answer->Header("Location");
    request.url = RedirectTo(request.url, location);
    if (request.url.empty()) {
      return Fault(ApiFault::kRedirect,
                   fmt::format("{} redirects to {}: give --traefik.url the place of "
                               "the API itself",
                               place, ShownUrl(location)));
    }
  }
  return Fault(ApiFault::kRedirect, place + " redirects again and again");
}

Answered<std::string> ApiClient::Document(const std::string& path, const std::stop_token& stop) {
  auto answer = Get(path, stop);
  if (!answer) return tl::unexpected(answer.error());
  if (answer->status == kOk) return std::move(answer->body);
  const std::string place = ShownUrl(target_.url) + path.substr(0, path.find('?'));
  if (answer->status == kUnauthorized || answer->status == kForbidden) {
    return Fault(ApiFault::kUnauthorized, fmt::format("{} answers {}: --traefik.basic-file or "
                                                      "--traefik.bearer-file has the credentials",
                                                      place, answer->status));
  }
  if (answer->status == kNotFound) {
    return Fault(ApiFault::kNoApi,
                 place + " answers 404: is the API enabled, and is its base path right?");
  }
  return Fault(ApiFault::kStatus, fmt::format("{} answers {}", place, answer->status));
}

Answered<std::string> ApiClient::List(const std::string& path, const std::stop_token& stop) {
  std::vector<std::string> pages;
  size_t bytes = 0;
  for (size_t page = 1; pages.size() < kMostPages && bytes <= target_.http.most_body;) {
    auto answer = Get(fmt::format("{}?per_page=500&page={}", path, page), stop);
    if (!answer) return tl::unexpected(answer.error());
    if (answer->status != kOk) {
      return Fault(ApiFault::kStatus,
                   fmt::format("{}{} answers {}", ShownUrl(target_.url), path, answer->status));
    }
    bytes += answer->body.size();
    pages.push_back(std::move(answer->body));
    const size_t next = NextPage(*answer);
    if (next <= page) {
      auto all = JoinPages(pages);
      if (!all)
        return Fault(ApiFault::kBadAnswer, ShownUrl(target_.url) + path + " is no JSON list");
      return std::move(*all);
    }
    page = next;
  }
  return Fault(ApiFault::kTooLong, ShownUrl(target_.url) + path + " has too many pages");
}

Answered<std::string> ApiClient::RawdataByLists(const std::stop_token& stop) {
  std::string lists[3];
  const char* const paths[] = {"/api/http/routers", "/api/http/services", "/api/http/middlewares"};
  for (size_t i = 0; i < std::size(paths); ++i) {
    auto list = List(paths[i], stop);
    if (!list) return tl::unexpected(list.error());
    lists[i] = std::move(*list);
  }
  auto rawdata = RawdataOfLists(lists[0], lists[1], lists[2]);
  if (!rawdata)
    return Fault(ApiFault::kBadAnswer, ShownUrl(target_.url) + ": its lists have no names");
  return std::move(*rawdata);
}

Answered<std::string> ApiClient::RawdataOfOld(const std::stop_token& stop) {
  auto providers = Document("/api/providers", stop);
  if (!providers) return tl::unexpected(providers.error());
  auto rawdata = RawdataOfProviders(*providers);
  if (!rawdata)
    return Fault(ApiFault::kBadAnswer, ShownUrl(target_.url) + "/api/providers is no JSON");
  return std::move(*rawdata);
}

Answered<std::string> ApiClient::Rawdata(const std::stop_token& stop) {
  auto rawdata = Document("/api/rawdata", stop);
  if (rawdata) return rawdata;
  if (!IsRefusal(rawdata.error())) return rawdata;
  if (auto lists = RawdataByLists(stop)) return lists;
  if (rawdata.error().fault == ApiFault::kNoApi) {
    if (auto old = RawdataOfOld(stop)) return old;
  }
  return rawdata;  // the first refusal says most
}

Answered<ApiAnswers> ApiClient::Ask(const std::stop_token& stop) {
  if (auto read = ReadCredentials(); !read) return tl::unexpected(read.error());
  ApiAnswers answers;
  auto rawdata = Rawdata(stop);
  if (!rawdata) return tl::unexpected(rawdata.error());
  answers.rawdata = std::move(*rawdata);
  // These help, and are not needed. But one that fails now and then would look like a change.
  auto version = Document("/api/version", stop);
  auto entry_points = List("/api/entrypoints", stop);
  auto overview = Document("/api/overview", stop);
  for (const auto* answer : {&version, &entry_points, &overview}) {
    if (!*answer && !IsRefusal(answer->error())) return tl::unexpected(answer->error());
  }
  answers.version = std::move(version).value_or("");
  answers.entry_points = std::move(entry_points).value_or("");
  answers.overview = std::move(overview).value_or("");
  return answers;
}

}  // namespace stickyd
