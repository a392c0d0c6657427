// SPDX-License-Identifier: Apache-2.0
// api_client.h: asks one Traefik for its configuration, over its API.
// Role:    the poller of watch and the commands that look at a live Traefik use it.
// Shape:   the answers as ReadConfig takes them: those of /api/rawdata, else put together from the
//          lists page by page, else from v1.7's /api/providers. Secrets may be among them, so keep
//          what ReadConfig makes of them, never the texts.
// Errors:  a reason that metrics can name, and a sentence for people, without credentials.
//          Redirects are followed to the same host only.
// Threads: thread-compatible; each thread has a client of its own.
// Cost:    four requests over one connection; memory as large as the answers.
// Source:  Traefik v1.7 to v3.7, pkg/api.
#pragma once

#include <string>
#include <string_view>

#include "stickyd/base/file_system.h"
#include "stickyd/model/traefik_status.h"
#include "stickyd/traefik/config_reader.h"
#include "stickyd/web/http_client.h"

namespace stickyd {

struct ApiTarget {
  std::string url;          // http://host:8080, with a base path if Traefik has one
  std::string host;         // for the Host header; empty: the URL's
  std::string basic_file;   // has user:password; empty: none. Read at each asking.
  std::string bearer_file;  // has a token; likewise
  HttpOptions http;         // limits, certificates
};

struct ApiFailure {
  ApiFault fault;
  std::string message;
};

class ApiClient {
 public:
  // `files` must outlive it.
  ApiClient(ApiTarget target, const FileSystem& files);
  // ApiAnswers::time is not set.
  tl::expected<ApiAnswers, ApiFailure> Ask(const std::stop_token& stop = {});

 private:
  tl::expected<HttpAnswer, ApiFailure> Get(const std::string& path, const std::stop_token& stop);
  tl::expected<std::string, ApiFailure> Document(const std::string& path,
                                                 const std::stop_token& stop);
  tl::expected<std::string, ApiFailure> List(const std::string& path, const std::stop_token& stop);
  tl::expected<std::string, ApiFailure> RawdataByLists(const std::stop_token& stop);
  tl::expected<std::string, ApiFailure> RawdataOfOld(const std::stop_token& stop);
  tl::expected<std::string, ApiFailure> Rawdata(const std::stop_token& stop);
  tl::expected<void, ApiFailure> ReadCredentials();

  const ApiTarget target_;
  const FileSystem& files_;
  std::string user_;
  std::string bearer_;
  std::unique_ptr<HttpClient> client_;  // with these credentials
};

// Asks once; `now` is the configuration's time. An answer that is none is kBadAnswer.
tl::expected<TraefikConfig, ApiFailure> AskForConfig(const ApiTarget& target,
                                                     const FileSystem& files, EventTime now);

// A URL without user, password, query and slashes at its end: what may be shown and logged.
std::string ShownUrl(std::string_view url);

}  // namespace stickyd
