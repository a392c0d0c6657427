// SPDX-License-Identifier: Apache-2.0
#include "stickyd/api/saved_answers.h"

#include <fmt/format.h>

#include <array>
#include <filesystem>

#include "answer_json.h"
#include "stickyd/base/output_file.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using nlohmann::json;

// The members of these names.
template <size_t kCount>
json Only(const json& object, const std::array<const char*, kCount>& names) {
  json kept = json::object();
  for (const char* name : names) {
    if (const auto at = object.find(name); at != object.end()) kept[name] = *at;
  }
  return kept;
}

// The names of headers say what is done to cookies; their values may be tokens.
json NamesOf(const json& headers) {
  json names = json::object();
  if (!headers.is_object()) return names;
  const json empty = "";
  for (const auto& [name, value] : headers.items()) {
    names[name] = value == empty ? "" : "kept back";
  }
  return names;
}

json KeptHeaders(const json& headers) {
  json kept = Only(headers, std::array{"accessControlAllowCredentials",
                                       "accessControlAllowOriginList", "contentSecurityPolicy"});
  for (const char* part : {"customRequestHeaders", "customResponseHeaders"}) {
    if (headers.contains(part)) kept[part] = NamesOf(headers[part]);
  }
  return kept;
}

json KeptForwardAuth(const json& auth) {
  json kept = Only(auth, std::array{"address", "addAuthCookiesToResponse"});
  if (kept.contains("address") && kept["address"].is_string()) {
    std::string address = kept["address"];
    address.resize(std::min(address.size(), address.find('?')));
    const size_t scheme = address.find("://");
    const size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
    const size_t at = address.find('@', begin);
    if (at < address.find('/', begin)) address.erase(begin, at + 1 - begin);
    kept["address"] = address;
  }
  return kept;
}

json KeptMiddleware(const json& middleware) {
  json kept = Only(middleware, std::array{"status", "usedBy", "error", "name", "provider", "type"});
  for (const auto& [type, body] : middleware.items()) {
    if (kept.contains(type)) continue;
    const json none = json::object();
    const json& settings = body.is_object() ? body : none;
    if (type == "headers") {
      kept[type] = KeptHeaders(settings);
    } else if (type == "forwardAuth") {
      kept[type] = KeptForwardAuth(settings);
    } else if (type == "chain") {
      kept[type] = Only(settings, std::array{"middlewares"});
    } else {
      kept[type] = Only(settings, std::array{"service", "status", "attempts"});
    }
  }
  return kept;
}

json KeptService(json service) {
  if (!service.is_object()) return service;
  const auto balancer = service.find("loadBalancer");
  if (balancer == service.end() || !balancer->is_object()) return service;
  if (const auto check = balancer->find("healthCheck");
      check != balancer->end() && check->is_object()) {
    check->erase("headers");
  }
  return service;
}

template <class Change>
json Each(const json& document, const char* key, Change change) {
  json kept = json::object();
  const auto at = document.find(key);
  if (at == document.end() || !at->is_object()) return kept;
  for (const auto& [name, value] : at->items()) {
    if (value.is_object()) kept[name] = change(value);
  }
  return kept;
}

Status Write(const std::string& path, const std::string& text) {
  auto file = OutputFile::Open(path, OpenMode::kTruncate);
  if (!file) return tl::unexpected(file.error());
  if (auto status = file->Write(text + "\n"); !status) return status;
  return file->Flush();
}

}  // namespace

std::string WithoutSecrets(std::string_view rawdata) {
  const json document = ParseAnswer(rawdata);
  json kept = json::object();
  if (document.is_object()) {
    kept["routers"] = Each(document, "routers", [](const json& router) { return router; });
    kept["services"] = Each(document, "services", KeptService);
    kept["middlewares"] = Each(document, "middlewares", KeptMiddleware);
  }
  return kept.dump(1, ' ', false, json::error_handler_t::replace);
}

Status SaveAnswers(const std::string& folder, const ApiAnswers& answers) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return Fail(ErrorCode::kIo, Printable(folder) + ": " + error.message());
  const std::pair<const char*, std::string> files[] = {
      {"rawdata.json", WithoutSecrets(answers.rawdata)},
      {"version.json", answers.version},
      {"entrypoints.json", answers.entry_points},
      {"overview.json", answers.overview},
      {"time.json", fmt::format("{{\"time_unix_ns\": {}}}", UnixNanoseconds(answers.time))},
  };
  for (const auto& [name, text] : files) {
    if (!json::accept(text)) continue;
    if (auto status = Write(folder + "/" + name, text); !status) return status;
  }
  return {};
}

}  // namespace stickyd
