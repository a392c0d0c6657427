// SPDX-License-Identifier: Apache-2.0
#include "hostile_requests.h"

#include <fmt/format.h>
#include <sodium.h>

#include <functional>
#include <iterator>

#include "hostile_log.h"

namespace stickyd {
namespace {

using Protocol = HostileRequest::Protocol;
using Way = HostileRequest::Way;

struct Value {
  std::string what, text;
};

// Lines as Traefik and container runtimes write them.
class Forger {
 public:
  explicit Forger(const SiteKnowledge& site) : site_(site) {}

  std::string Victim() { return site_.clients[next_++ % site_.clients.size()]; }
  // From the user's name on.
  std::string Rest(const std::string& user, const std::string& count, bool real_names) const {
    return fmt::format(R"({} [{}] "GET / HTTP/1.1" 200 5 "-" "-" {} "{}" "{}" 3ms)", user,
                       site_.clf_time, count, real_names ? site_.router : "evil@file",
                       real_names ? site_.server : "http://10.66.6.6:80");
  }
  std::string Line(const std::string& count, bool real_names) {
    return Victim() + " - " + Rest("-", count, real_names);
  }
  // `lines` of them, with counts that follow each other.
  std::string Block(size_t lines, uint64_t count, bool real_names) {
    std::string block;
    for (size_t i = 0; i < lines; ++i) block += Line(std::to_string(count + i), real_names) + "\n";
    return block;
  }
  std::string Json() {
    return fmt::format(
        R"({{"ClientAddr":"{0}:1","ClientHost":"{0}","Duration":1000000,"DownstreamStatus":200,)"
        R"("RequestCount":9000001,"RouterName":"evil@file","ServiceName":"evil@file",)"
        R"("ServiceURL":"http://10.66.6.6:80","StartUTC":"{1}","level":"info","msg":""}})",
        Victim(), site_.rfc3339_time);
  }
  std::string Cri(const std::string& tag, const std::string& text) const {
    return site_.rfc3339_time + " stdout " + tag + " " + text;
  }
  std::string Docker(const std::string& end) const {
    return fmt::format(R"({{"log":"{} - {}{}","stream":"stdout","time":"{}"}})", "10.0.0.1",
                       "x [05/Jan/2026:09:00:00 +0000]", end, site_.rfc3339_time);
  }

 private:
  const SiteKnowledge& site_;
  size_t next_ = 0;
};

constexpr const char* kTail = R"(HTTP/1.1" 200 5 "-" "-" 77 "evil@file" "http://10.66.6.6:80" 3ms)";

std::vector<Value> Values(const SiteKnowledge& site) {
  Forger forger(site);
  using namespace std::string_literals;
  return {
      {"quotes", R"(" \" \\" ' \)"},
      {"blanks", "a  b - c"},
      {"colons", "a:b::c://d"},
      {"control characters", "a\x01\x1b[31mb\x7f"},
      {"a NUL", "a\0b"s},
      {"a carriage return", "a\rb"},
      {"a line feed", "a\nb"},
      {"a tab", "a\tb"},
      {"bytes that are no UTF-8", "\xff\xfe\xc0\x80\xed\xa0\x80"},
      {"characters above ASCII", "\xc3\xa9\xe2\x80\xa8\xf0\x9f\x8d\xaa"},
      {"mark-up", "<&>\"'</script>"},
      {"a forged tail", kTail},
      {"a quote and a forged tail", "x "s + kTail},
      {"a tail of v1.7's handlers",
       R"(x" 200 5 "-" "-" 7 "Auth for x" "/?"http://10.66.6.6/" 3ms)"},
      {"a list of fields", "a - b " + forger.Rest("c", "7", false)},
      {"a list of fields with an address", forger.Victim() + " - " + forger.Rest("c", "7", true)},
      {"a forged line", forger.Line("9000001", false)},
      {"a forged line among others", "x\n" + forger.Block(2, 9'000'001, true) + "y"},
      {"a forged JSON line", forger.Json()},
      {"a forged JSON line among others", "x\n" + forger.Json() + "\ny"},
      {"CRI's head, whole", forger.Cri("F", "x")},
      {"CRI's head, in part", forger.Cri("P", "x")},
      {"CRI's head, odd", forger.Cri("X", "x")},
      {"json-file's object, whole", forger.Docker("\\n")},
      {"json-file's object, in part", forger.Docker("")},
      {"journald's object", R"({"MESSAGE":"10.0.0.1 - x"})"},
      {"Traefik's own log", R"(time="2026-01-05T09:00:00Z" level=error msg="x")"},
      {"a number", "18446744073709551616"},
      {"an address", "203.0.113.9"},
      {"a list of addresses", "203.0.113.9, 198.51.100.7"},
  };
}

// %XX for the bytes that `must` says.
std::string Encode(const std::string& text, const std::function<bool(unsigned char)>& must) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += must(byte) ? fmt::format("%{:02X}", byte) : std::string(1, c);
  }
  return out;
}
std::string EncodeAll(const std::string& text) {
  return Encode(text, [](unsigned char) { return true; });
}
// As little as HTTP/1 lets through.
std::string EncodeBlanks(const std::string& text) {
  return Encode(text, [](unsigned char c) { return c <= ' ' || c == 0x7F || c == '%'; });
}

std::string Base64(const std::string& text) {
  const size_t size = sodium_base64_encoded_len(text.size(), sodium_base64_VARIANT_ORIGINAL);
  std::string out(size, '\0');
  sodium_bin2base64(out.data(), size, reinterpret_cast<const unsigned char*>(text.data()),
                    text.size(), sodium_base64_VARIANT_ORIGINAL);
  out.pop_back();  // its NUL
  return out;
}

std::string Repeat(const std::string& text, size_t times) {
  std::string all;
  for (size_t i = 0; i < times; ++i) all += text;
  return all;
}

HostileRequest Header(const std::string& name, const std::string& value) {
  HostileRequest request;
  request.headers = {{name, value}};
  return request;
}
HostileRequest With(std::string HostileRequest::*field, const std::string& value) {
  HostileRequest request;
  request.*field = value;
  return request;
}
HostileRequest Target(const std::string& value) { return With(&HostileRequest::target, value); }
HostileRequest Method(const std::string& value) { return With(&HostileRequest::method, value); }
HostileRequest Host(const std::string& value) { return With(&HostileRequest::host, value); }
HostileRequest Forwarded(const std::string& value) {
  HostileRequest request;
  request.way = Way::kThroughProxy;
  request.forwarded = value;
  return request;
}
HostileRequest Over2(HostileRequest request) {
  request.protocol = Protocol::kHttp2;
  return request;
}

struct Field {
  const char* name;
  std::function<HostileRequest(const std::string& value)> with;
};

HostileRequest ConnectTo(const std::string& user) {
  HostileRequest request = Target(EncodeAll(user) + "@shop.test:80");
  request.method = "CONNECT";
  return request;
}
HostileRequest BasicAuth(const std::string& target, const std::string& user) {
  HostileRequest request = Header("authorization", "Basic " + Base64(user + ":x"));
  request.target = target;
  return request;
}
std::string UserUrl(const std::string& user) { return "http://" + EncodeAll(user) + "@shop.test/"; }

const std::vector<Field>& Fields() {
  using Text = const std::string&;
  static const std::vector<Field> kFields = {
      {"method", Method},
      {"method, HTTP/2", [](Text v) { return Over2(Method(v)); }},
      {"path", [](Text v) { return Target("/" + EncodeBlanks(v)); }},
      {"path, encoded", [](Text v) { return Target("/" + EncodeAll(v)); }},
      {"path, HTTP/2", [](Text v) { return Over2(Target("/" + v)); }},
      {"query", [](Text v) { return Target("/?" + EncodeBlanks(v)); }},
      {"query, HTTP/2", [](Text v) { return Over2(Target("/?" + v)); }},
      {"user of an absolute URL", [](Text v) { return Target(UserUrl(v)); }},
      {"user of an absolute URL, HTTP/2", [](Text v) { return Over2(Target(UserUrl(v))); }},
      {"user of CONNECT", ConnectTo},
      {"user of basic auth", [](Text v) { return BasicAuth("/private", v); }},
      {"user of basic auth, at a new router", [](Text v) { return BasicAuth("/hidden", v); }},
      {"user of basic auth, not asked for", [](Text v) { return BasicAuth("/", v); }},
      {"Host", Host},
      {"Host, HTTP/2", [](Text v) { return Over2(Host(v)); }},
      {"X-Forwarded-For, not trusted", [](Text v) { return Header("x-forwarded-for", v); }},
      {"X-Forwarded-For", Forwarded},
      {"X-Forwarded-For, HTTP/2", [](Text v) { return Over2(Forwarded(v)); }},
      {"User-Agent", [](Text v) { return Header("user-agent", v); }},
      {"User-Agent, HTTP/2", [](Text v) { return Over2(Header("user-agent", v)); }},
      {"Referer", [](Text v) { return Header("referer", v); }},
      {"Cookie", [](Text v) { return Header("cookie", v); }},
      {"sticky cookie", [](Text v) { return Header("cookie", "sticky=" + v); }},
      {"sticky cookie, URL", [](Text v) { return Header("cookie", "sticky=http://" + v); }},
      {"another header", [](Text v) { return Header("x-forwarded-proto", v); }},
      {"name of a header", [](Text v) { return Header("x" + v, "1"); }},
  };
  return kFields;
}

// What only a user name can be: it may hold line feeds.
std::vector<Value> Users(const SiteKnowledge& site) {
  Forger f(site);
  const auto from_user = [](const std::string& block) {
    return block.substr(block.find(" - ") + 3);
  };
  const std::string real = f.Block(20, 9'000'001, true);
  const std::string none = f.Block(20, 9'000'001, false);
  const std::string restart = f.Block(40, 1, true);
  std::vector<Value> users = {
      {"lines with made-up names", "x\n" + none + "y"},
      {"lines with real names", "x\n" + real + "y"},
      {"a first line that is whole", from_user(real) + "y"},
      {"a last line that is whole", "x\n" + none + f.Victim() + " - -"},
      {"a first and a last line that are whole", from_user(real) + f.Victim() + " - -"},
      {"lines like a restart", from_user(restart) + f.Victim() + " - -"},
      {"lines without counts", from_user(f.Line("-", true)) + "\n" + f.Line("-", true) + "\ny"},
      {"a rest that is none", "x\n" + f.Rest("y", "9000001", true) + "\n" + real + "y"},
      {"JSON lines", "x\n" + f.Json() + "\n" + f.Json() + "\ny"},
      {"lines of a container runtime", "x\n" + f.Cri("F", f.Line("9000001", true)) + "\n" +
                                           f.Docker("\\n") + "\n" + f.Cri("P", "z") + "\ny"},
      {"another time in one line", f.Rest("-", "7", false)},
      {"nothing but line feeds", std::string(1000, '\n')},
      {"900 KB of lines", from_user(f.Block(2700, 9'000'001, true)) + "y"},
  };
  // Traefik's own rest of the line looks like something else.
  const std::pair<const char*, std::string> rests[] = {
      {"CRI's, whole", f.Cri("F", "y")},
      {"CRI's, in part", f.Cri("P", "y")},
      {"CRI's, odd", f.Cri("X", "y")},
      {"CRI's, in part, long", f.Cri("P", std::string(20'000, 'y'))},
      {"json-file's", R"({"log":"y)"},
      {"journald's", R"({"MESSAGE":"y)"},
      {"JSON", R"({"ClientHost":"y)"},
      {"Traefik's log", R"(time="2026" level=info msg="y)"},
      {"coloured", "\x1b[90my\x1b[0m"},
      {"NULs", std::string(5, '\0')},
      {"a carriage return", "\r"},
      {"an address", "10.0.0.9"},
  };
  for (const auto& [like, rest] : rests) {
    users.push_back({fmt::format("a rest like {}", like), "x\n" + rest});
    users.push_back({fmt::format("lines, and a rest like {}", like), "x\n" + real + rest});
  }
  return users;
}

// What servers are called is known, or can be guessed: v1.7 to v2.4 wrote their URLs into cookies,
// and log what they read there.
std::vector<Value> OldCookies(const SiteKnowledge& site) {
  const std::string own = "sticky=" + site.server;
  return {
      {"a server's URL", own},
      {"a server's URL in quotes", "sticky=\"" + site.server + "\""},
      {"two of the name", own + "; sticky=x"},
  };
}

std::vector<Value> Cookies(const SiteKnowledge& site) {
  const std::string own = "sticky=" + site.server;
  return {
      {"a server's URL with a query", own + "?x"},
      {"a server's URL with blanks", own + "?a b, c"},
      {"a server's URL with a forged end", own + "?x' 3ms"},
      {"a server's URL with a fragment", own + "#%22%0A"},
      {"a server's URL with a user", "sticky=http://u%0Av:w%22@" + site.server.substr(7)},
      {"a server's URL with a path", own + "/%22%20%0A"},
      {"a server's URL with a slash", own + "/"},
      {"a server's URL in capitals", "sticky=HTTP" + site.server.substr(4)},
      {"another server's URL", "sticky=http://10.66.6.6:80"},
      {"two of the name, the other way round", "sticky=x; " + own},
      {"a thousand of the name", Repeat("sticky=x; ", 1000) + own},
      {"nothing of what cookies are", ";;=;sticky;=sticky;sticky=;\"sticky=x;,,"},
  };
}

std::vector<HostileRequest> Large(const SiteKnowledge& site) {
  const std::string line = Forger(site).Line("9000001", true);
  constexpr size_t kMost = 230'000;  // what all versions take, and a client may send four times
  std::vector<HostileRequest> all;
  const auto add = [&](const char* field, const char* what, HostileRequest request) {
    request.field = field;
    request.what = what;
    all.push_back(std::move(request));
  };
  add("Cookie", "900 KB", Header("cookie", "a=" + std::string(900'000, 'c')));
  add("Cookie", "900 KB that JSON escapes", Header("cookie", "a=" + std::string(900'000, '<')));
  add("path", "64 KB", Target("/" + std::string(64'000, 'p')));
  add("query", "1 MB", Target("/?" + std::string(1'048'000, '"')));
  add("query, HTTP/2", "times and addresses",
      Over2(Target("/?" + std::string(kMost, ' ') + "[05/Jan/2026:09:00:00 +0000] \", - ")));
  add("User-Agent", "900 KB of quotes", Header("user-agent", std::string(900'000, '"')));
  add("user of an absolute URL", "300 KB that JSON escapes",
      Target(UserUrl(std::string(300'000, '<'))));
  add("user of an absolute URL", "a rest of 1 MB",
      Target(UserUrl("x\n" + line + "\ny") + "?" + std::string(1'047'000, '"')));
  add("user of an absolute URL", "a line that is whole, and a rest of 1 MB",
      Target(UserUrl(line.substr(line.find(" - ") + 3) + "\n10.0.0.9 - -") + "?" +
             std::string(1'047'000, '"')));
  HostileRequest escaped = Target(UserUrl("x\n" + line + "\ny"));
  escaped.headers = {{"user-agent", std::string(900'000, '"')}};
  add("user of an absolute URL", "a rest that v3 makes too long", escaped);
  add("X-Forwarded-For", "900 KB", Forwarded(std::string(900'000, ',')));
  HostileRequest headers = Target("/");
  for (int i = 0; i < 90; ++i) headers.headers.emplace_back(fmt::format("x-{}", i), "1");
  add("name of a header", "90 new ones", headers);
  return all;
}

}  // namespace

std::string HostileRequest::BytesFor(const std::string& client) const {
  Http2Fields all = headers;
  if (way == Way::kThroughProxy) all.emplace_back("x-forwarded-for", forwarded + ", " + client);
  if (protocol == Protocol::kHttp2) {
    Http2Fields fields = {{":method", method}, {":scheme", "http"}, {":path", target}};
    fields.emplace_back(":authority", host);
    std::move(all.begin(), all.end(), std::back_inserter(fields));
    return Http2Request(fields);
  }
  std::string bytes = method + " " + target + " HTTP/1.1\r\nHost: " + host + "\r\n";
  for (const auto& [name, value] : all)
    bytes.append(name).append(": ").append(value).append("\r\n");
  return bytes + "Connection: close\r\n\r\n";
}

std::vector<HostileRequest> HostileRequests(const SiteKnowledge& site) {
  std::vector<HostileRequest> all;
  const auto add = [&](const Field& field, const Value& value) {
    all.push_back(field.with(value.text));
    all.back().field = field.name;
    all.back().what = value.what;
  };
  const std::vector<Value> values = Values(site);
  const std::vector<Value> users = Users(site);
  for (const Field& field : Fields()) {
    for (const Value& value : values) add(field, value);
    const bool is_user = std::string_view(field.name).starts_with("user ");
    for (const Value& value : is_user ? users : std::vector<Value>()) add(field, value);
  }
  const auto with = [](const std::string& value) { return Header("cookie", value); };
  for (const Value& value : Cookies(site)) add({"Cookie", with}, value);
  for (const Value& value : OldCookies(site)) add({SentRequest::kOldCookie, with}, value);
  std::vector<HostileRequest> large = Large(site);
  std::move(large.begin(), large.end(), std::back_inserter(all));
  return all;
}

}  // namespace stickyd
