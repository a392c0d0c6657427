// SPDX-License-Identifier: Apache-2.0
// sticky_fuzz: what is made of the Cookie, Set-Cookie and address headers of a record, by a Traefik
// of which nothing is known, and by two that are configured. The first byte says by which; then,
// line by line: Cookie, Set-Cookie of Traefik, of the server, Host, Origin, the server's URL.
#include <string>

#include "fuzz_input.h"
#include "stickyd/traefik/config_reader.h"
#include "stickyd/traefik/interpreter.h"

namespace stickyd {
namespace {

constexpr const char* kPlain = R"api({"routers": {"shop@file": {"service": "shop"}}, "services": {
  "shop@file": {"loadBalancer": {"sticky": {"cookie": {"name": "lb"}},
                "servers": [{"url": "http://10.0.0.1:80"}, {"url": "http://10.0.0.2:80"}]}},
  "old@file": {"loadBalancer": {"sticky": {"cookie": {"name": "lb"}},
               "servers": [{"url": "http://10.0.0.3:80"}]}}}})api";
constexpr const char* kNested = R"api({"routers": {"shop@file": {"service": "shop"}}, "services": {
  "shop@file": {"weighted": {"sticky": {"cookie": {"name": "outer"}},
                "services": [{"name": "blue"}, {"name": "green"}]}},
  "blue@file": {"loadBalancer": {"sticky": {"cookie": {"name": "blue"}},
                "servers": [{"url": "http://10.0.0.1:80"}, {"url": "http://10.0.0.2:80"}]}},
  "green@file": {"loadBalancer": {"sticky": {"cookie": {"name": "green"}},
                 "servers": [{"url": "http://10.0.0.3:80"}]}}}})api";

std::unique_ptr<Interpreter> Make(char kind) {
  auto interpreter = *Interpreter::Create({}, KeyedHash({}));
  if (kind != 'p' && kind != 'n') return interpreter;
  auto config = ReadConfig({kind == 'p' ? kPlain : kNested, "", R"({"Version": "3.7.9"})", {}});
  interpreter->AddConfig(std::make_shared<TraefikConfig>(std::move(*config)));
  return interpreter;
}

Text Given(std::string_view text) { return text.empty() ? Text() : Text(text); }

AccessRecord RecordOf(std::string_view input, char kind) {
  AccessRecord record;
  record.format = LogFormat::kJson;
  record.router = std::string_view("shop@file");
  record.service = std::string_view(kind == 'n' ? "blue@file" : "shop@file");
  record.cookie = Given(TakePart(input));
  record.set_cookie = Given(TakePart(input));
  record.origin_set_cookie = Given(TakePart(input));
  record.host = Given(TakePart(input));
  record.origin = Given(TakePart(input));
  record.server_url = input.empty() ? std::string_view("http://10.0.0.1:80") : input;
  return record;
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  if (size == 0) return 0;
  const char kind = static_cast<char>(data[0]);
  const auto interpreter = Make(kind);
  const AccessRecord record = RecordOf(AsText(data, size).substr(1), kind);
  SourceTraits traits;
  Observation seen;
  BreakSight sight;
  Within({30'000, 150}, size, [&] {
    interpreter->FindRoute(record, seen);
    interpreter->Interpret(record, traits, seen);
    sight = interpreter->Examine(record, seen);
  });
  Must(!seen.cookie.leaf_value || record.cookie.has_value(), "a value comes from a cookie");
  Must(!seen.set_cookie.sticky || record.set_cookie.has_value(), "so does one that was set");
  Must(sight.value_bytes <= record.cookie.value_or("").size(), "a value is a part of its header");
  // A second time nothing is news: what was learnt is in force.
  Observation again;
  interpreter->FindRoute(record, again);
  interpreter->Interpret(record, traits, again);
  Must(again.server == seen.server && again.route->scope == seen.route->scope, "the same route");
  Must(again.set_cookie.sticky == seen.set_cookie.sticky, "the same cookie set");
  return 0;
}
