// SPDX-License-Identifier: Apache-2.0
#include "stickyd/web/http_client.h"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <mutex>
#include <utility>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void Append(List& list, const std::string& text) {
  curl_slist* const longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) return;
  static_cast<void>(list.release());
  list.reset(longer);
}

// Where a request stands, for libcurl's callbacks.
struct Exchange {
  const HttpOptions& options;
  const std::stop_token& stop;
  HttpAnswer answer;
  size_t header_bytes = 0;
  bool too_long = false;
  bool past_headers = false;  // what follows are trailers
  bool upgrade = false;       // another protocol was asked for
  bool switched = false;      // and granted: what follows is no HTTP
};

// Of interim answers (100, 103) nothing is kept.
void BeginAnswer(std::string_view line, HttpAnswer& answer) {
  answer.headers.clear();
  answer.status = 0;
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return;
  const std::string_view code = line.substr(space + 1, 3);
  std::from_chars(code.data(), code.data() + code.size(), answer.status);
}

constexpr int kFirstFinal = 200;
constexpr int kSwitching = 101;

size_t OnHeader(char* data, size_t /*one*/, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  exchange.header_bytes += size;
  if (exchange.header_bytes > exchange.options.most_headers) {
    exchange.too_long = true;
    return 0;
  }
  std::string_view line(data, size);
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  HttpAnswer& answer = exchange.answer;
  if (line.starts_with("HTTP/") && !exchange.past_headers) {
    BeginAnswer(line, answer);
  } else if (line.empty()) {
    exchange.past_headers |= answer.status >= kFirstFinal || answer.status == kSwitching;
    exchange.switched = exchange.upgrade && answer.status == kSwitching;
    if (exchange.switched) return 0;
  } else if (const size_t colon = line.find(':');
             colon != std::string_view::npos && !exchange.past_headers) {
    answer.headers.push_back(
        {std::string(line.substr(0, colon)), std::string(Trim(line.substr(colon + 1)))});
  }
  return size;
}

size_t OnBody(char* data, size_t /*one*/, size_t size, void* user) {
  auto& exchange = *static_cast<Exchange*>(user);
  std::string& body = exchange.answer.body;
  const size_t room = exchange.options.most_body - body.size();
  body.append(data, std::min(size, room));
  if (size <= room) return size;
  exchange.answer.body_cut = exchange.options.long_body == LongBody::kCut;
  exchange.too_long = !exchange.answer.body_cut;
  return 0;
}

// With TLS 1.3 a server refuses a client's certificate after the handshake: it says so in place of
// an answer, and only libcurl's words tell that from a connection that broke.
bool IsAlert(CURLcode code, std::string_view why) {
  return (code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) &&
         why.find("SSL routines:") != npos && why.find(" alert ") != npos;
}

HttpFault FaultOf(CURLcode code, const Exchange& exchange, std::string_view why) {
  if (exchange.stop.stop_requested()) return HttpFault::kStopped;
  if (exchange.too_long) return HttpFault::kTooLong;
  if (IsAlert(code, why)) return HttpFault::kTls;
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return HttpFault::kBadUrl;
    case CURLE_COULDNT_RESOLVE_HOST:
      return HttpFault::kResolve;
    case CURLE_COULDNT_CONNECT:
      return HttpFault::kConnect;
    case CURLE_OPERATION_TIMEDOUT:
      return HttpFault::kTimeout;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_USE_SSL_FAILED:
    case CURLE_SSL_CLIENTCERT:
      return HttpFault::kTls;
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CRL_BADFILE:
      return HttpFault::kFile;
    default:
      return HttpFault::kBroken;
  }
}

// What a URL names, without a user, a password or a query.
std::string PlaceOf(std::string_view url) {
  const size_t scheme = url.find("://");
  if (scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  const size_t at = url.rfind('@');
  if (at != std::string_view::npos) url.remove_prefix(at + 1);
  return Printable(url);
}

long Milliseconds(std::chrono::milliseconds time) { return static_cast<long>(time.count()); }

}  // namespace

const char* Name(HttpFault fault) {
  static constexpr const char* kNames[] = {"bad_url",  "resolve", "connect", "tls",    "timeout",
                                           "too_long", "broken",  "file",    "stopped"};
  return kNames[static_cast<size_t>(fault)];
}

std::string_view HttpAnswer::Header(std::string_view name) const {
  for (const HttpHeader& header : headers) {
    if (EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return {};
}

class HttpClient::Impl {
 public:
  explicit Impl(HttpOptions options) : options_(std::move(options)) {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
    curl_ = curl_easy_init();
    multi_ = curl_multi_init();
  }
  ~Impl() {
    curl_easy_cleanup(curl_);
    curl_multi_cleanup(multi_);
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  tl::expected<HttpAnswer, HttpFailure> Ask(const HttpRequest& request,
                                            const std::stop_token& stop) {
    if (curl_ == nullptr || multi_ == nullptr) {
      return tl::unexpected(HttpFailure{HttpFault::kBroken, "libcurl does not start"});
    }
    if (!request.url.starts_with("http://") && !request.url.starts_with("https://")) {
      return tl::unexpected(HttpFailure{HttpFault::kBadUrl, "no http:// or https:// URL"});
    }
    Exchange exchange{options_, stop, {}};
    for (const HttpHeader& header : request.headers) {
      exchange.upgrade |= EqualsIgnoreCase(header.name, "Upgrade");
    }
    List headers;
    List hosts;
    List places;
    char why[CURL_ERROR_SIZE] = "";
    curl_easy_reset(curl_);  // connections stay
    SetRequest(request, headers);
    SetTransport(hosts, places);
    if (request.timeout.count() > 0 && request.timeout < options_.timeout) {
      Set(CURLOPT_TIMEOUT_MS, Milliseconds(request.timeout));
    }
    SetCallbacks(exchange, why);
    const CURLcode code = Perform(stop);
    if (code != CURLE_OK && !exchange.answer.body_cut && !exchange.switched) {
      return tl::unexpected(Failure(code, exchange, request, why));
    }
    if (exchange.answer.status == 0) {
      return tl::unexpected(HttpFailure{
          HttpFault::kBroken, PlaceOf(request.url) + ": what came back is no HTTP answer"});
    }
    NoteTransfer(exchange.answer);
    return std::move(exchange.answer);
  }

 private:
  // As curl_easy_perform does, but a stop ends it at once.
  CURLcode Perform(const std::stop_token& stop) {
    constexpr int kLongestPoll = 1000;  // milliseconds
    if (curl_multi_add_handle(multi_, curl_) != CURLM_OK) return CURLE_FAILED_INIT;
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_); });
    CURLcode code = CURLE_ABORTED_BY_CALLBACK;
    for (int running = 1; running > 0 && !stop.stop_requested();) {
      if (curl_multi_perform(multi_, &running) != CURLM_OK) break;
      if (running > 0) curl_multi_poll(multi_, nullptr, 0, kLongestPoll, nullptr);
    }
    int left = 0;
    while (const CURLMsg* const message = curl_multi_info_read(multi_, &left)) {
      if (message->msg == CURLMSG_DONE) code = message->data.result;
    }
    curl_multi_remove_handle(multi_, curl_);
    return code;
  }

  template <class T>
  void Set(CURLoption option, T value) {
    curl_easy_setopt(curl_, option, value);
  }
  void SetText(CURLoption option, const std::string& text) {
    if (!text.empty()) Set(option, text.c_str());
  }

  void SetRequest(const HttpRequest& request, List& headers) {
    Set(CURLOPT_URL, request.url.c_str());
    if (request.method == "HEAD") Set(CURLOPT_NOBODY, 1L);
    if (request.method != "GET" && request.method != "HEAD") {
      Set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    for (const HttpHeader& header : request.headers) {
      // libcurl's word for a header without a value.
      Append(headers, header.value.empty() ? header.name + ";" : header.name + ": " + header.value);
    }
    if (!options_.bearer.empty()) Append(headers, "Authorization: Bearer " + options_.bearer);
    Set(CURLOPT_HTTPHEADER, headers.get());
    SetText(CURLOPT_USERPWD, options_.user);
    SetText(CURLOPT_USERAGENT, options_.user_agent);
    static constexpr long kVersions[] = {CURL_HTTP_VERSION_2TLS, CURL_HTTP_VERSION_1_1,
                                         CURL_HTTP_VERSION_2_0};
    Set(CURLOPT_HTTP_VERSION, kVersions[static_cast<size_t>(options_.version)]);
  }

  void SetTransport(List& hosts, List& places) {
    Set(CURLOPT_PROTOCOLS_STR, "http,https");
    Set(CURLOPT_FOLLOWLOCATION, 0L);
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_QUICK_EXIT, 1L);  // nobody waits for a resolver that does not answer
    Set(CURLOPT_PROXY, "");
    Set(CURLOPT_TIMEOUT_MS, Milliseconds(options_.timeout));
    Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(options_.connect_timeout));
    SetText(CURLOPT_CAINFO, options_.ca_file);
    SetText(CURLOPT_SSLCERT, options_.client_cert);
    SetText(CURLOPT_SSLKEY, options_.client_key);
    Set(CURLOPT_KEYPASSWD, "");  // else OpenSSL asks on the terminal for one, and waits
    Set(CURLOPT_SSL_VERIFYPEER, options_.insecure ? 0L : 1L);
    Set(CURLOPT_SSL_VERIFYHOST, options_.insecure ? 0L : 2L);
    for (const std::string& entry : options_.resolve) Append(hosts, entry);
    Set(CURLOPT_RESOLVE, hosts.get());
    if (!options_.connect_to.empty()) Append(places, "::" + options_.connect_to);
    Set(CURLOPT_CONNECT_TO, places.get());
  }

  void SetCallbacks(Exchange& exchange, char* why) {
    Set(CURLOPT_ERRORBUFFER, why);
    Set(CURLOPT_HEADERFUNCTION, OnHeader);
    Set(CURLOPT_HEADERDATA, &exchange);
    Set(CURLOPT_WRITEFUNCTION, OnBody);
    Set(CURLOPT_WRITEDATA, &exchange);
  }

  static HttpFailure Failure(CURLcode code, const Exchange& exchange, const HttpRequest& request,
                             const char* why) {
    const HttpFault fault = FaultOf(code, exchange, why);
    const std::string place = PlaceOf(request.url);
    if (fault == HttpFault::kTooLong) {
      return {fault, place + ": the answer is longer than is allowed"};
    }
    if (fault == HttpFault::kTimeout) return {fault, place + ": no answer in time"};
    if (fault == HttpFault::kStopped) return {fault, place + ": stopped"};
    return {fault,
            fmt::format("{}: {}", place, Printable(*why != '\0' ? why : curl_easy_strerror(code)))};
  }

  void NoteTransfer(HttpAnswer& answer) {
    curl_off_t took = 0;
    curl_easy_getinfo(curl_, CURLINFO_TOTAL_TIME_T, &took);
    answer.took = std::chrono::microseconds(took);
    long version = 0;
    curl_easy_getinfo(curl_, CURLINFO_HTTP_VERSION, &version);
    answer.version = version == CURL_HTTP_VERSION_1_0   ? 10
                     : version == CURL_HTTP_VERSION_1_1 ? 11
                                                        : 20;
  }

  const HttpOptions options_;
  CURL* curl_ = nullptr;
  CURLM* multi_ = nullptr;  // has the connections, which are kept
};

HttpClient::HttpClient(HttpOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
HttpClient::~HttpClient() = default;

tl::expected<HttpAnswer, HttpFailure> HttpClient::Ask(const HttpRequest& request,
                                                      const std::stop_token& stop) {
  return impl_->Ask(request, stop);
}

}  // namespace stickyd
