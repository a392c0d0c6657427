// SPDX-License-Identifier: Apache-2.0
// traefik_work_test: headers, names and routes that are built against the reading of cookies and
// the finding of routes.
#include <fmt/format.h>

#include <memory>
#include <vector>

#include "colliding_names.h"
#include "stickyd/base/name_table.h"
#include "stickyd/traefik/config_reader.h"
#include "stickyd/traefik/interpreter.h"
#include "work.h"

namespace stickyd {
namespace {

constexpr const char* kServer = "http://10.0.0.1:80";

std::shared_ptr<const TraefikConfig> Config(const std::string& services, int64_t second = 0) {
  auto config = ReadConfig(
      {R"({"routers": {"shop@file": {"service": "shop"}}, "services": {)" + services + "}}", "",
       R"({"Version": "3.7.9"})", EventTime(std::chrono::seconds(second))});
  EXPECT_TRUE(config.has_value());
  return std::make_shared<const TraefikConfig>(std::move(*config));
}

std::string Balancer(const std::string& name, const std::string& cookie) {
  return fmt::format(R"("{}@file": {{"loadBalancer": {{"sticky": {{"cookie": {{"name": "{}"}}}},
                          "servers": [{{"url": "{}"}}, {{"url": "http://{}:80"}}]}}}})",
                     name, cookie, kServer, name);
}

// Weighted services in each other, each with a cookie of its own.
std::string Nested(int levels) {
  std::string services = Balancer("leaf", "leaf");
  for (int i = 0; i < levels; ++i) {
    services += fmt::format(R"(, "{}@file": {{"weighted": {{
                   "sticky": {{"cookie": {{"name": "level{}"}}}},
                   "services": [{{"name": "{}"}}, {{"name": "other{}"}}]}}}})",
                            i == 0 ? "shop" : fmt::format("s{}", i), i,
                            i + 1 == levels ? "leaf" : fmt::format("s{}", i + 1), i);
  }
  return services;
}

struct Headers {
  std::string cookie, set_cookie, origin_set_cookie;
};

// One request of the shop that broke.
uint64_t StepsOf(Interpreter& interpreter, const Headers& headers, const char* service) {
  AccessRecord record;
  record.format = LogFormat::kJson;
  record.router = std::string_view("shop@file");
  record.service = std::string_view(service);
  record.server_url = std::string_view(kServer);
  record.start.low = record.start.high = EventTime(std::chrono::hours(1));
  if (!headers.cookie.empty()) record.cookie = std::string_view(headers.cookie);
  if (!headers.set_cookie.empty()) record.set_cookie = std::string_view(headers.set_cookie);
  if (!headers.origin_set_cookie.empty()) {
    record.origin_set_cookie = std::string_view(headers.origin_set_cookie);
  }
  SourceTraits traits;
  Observation seen;
  interpreter.FindRoute(record, seen);
  return WorkOf([&] {
    interpreter.Interpret(record, traits, seen);
    interpreter.Examine(record, seen);
  });
}

constexpr const char* kCookies[] = {"a=b;",
                                    "a=b; ",
                                    ";",
                                    " ",
                                    "=",
                                    "\"",
                                    ",",
                                    "a",
                                    "a=;",
                                    "=a;",
                                    "a=\"\";",
                                    "leaf=x;",
                                    "level0=x;",
                                    "level9=x;",
                                    "AWSALB=1;",
                                    "a=0000000000000000;",
                                    "a=00000000000000000;",
                                    "a=http://u@10.0.0.1:80?x;",
                                    "a=://;",
                                    "leaf=http://10.0.0.1:80;",
                                    "a=http://;"};

TEST(TraefikWorkTest, CookieHeaderCostsItsLengthWhateverIsInIt) {
  const struct {
    const char* name;
    std::vector<std::string> configs;
    const char* service;
    uint64_t most;
  } kRows[] = {
      {"nothing known", {}, "shop@file", 120},
      {"a balancer", {Balancer("shop", "leaf")}, "shop@file", 120},
      {"twenty levels", {Nested(20)}, "leaf@file", 250},
  };
  for (const auto& row : kRows) {
    for (const char* piece : kCookies) {
      ExpectLinear(std::string(row.name) + ", cookies " + piece, row.most, [&](size_t size) {
        const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
        for (const auto& config : row.configs) interpreter->AddConfig(Config(config));
        return Cost{StepsOf(*interpreter, {Filled(piece, size), "", ""}, row.service), size};
      });
    }
  }
}

TEST(TraefikWorkTest, SetCookieHeaderCostsItsLengthWhateverIsInIt) {
  for (const char* piece :
       {"a=b,", "a=b;", ",", ", ", ", a", ",a ", "=", ";", "a=0000000000000000,", "Path=/;",
        "a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT,", "a=http://10.0.0.1:80;",
        ",                a", "a=b; Expires=Wed, 21 Oct 2026 07:28:00 GMT;",
        "a=http://10.0.0.2:80,", "!#$%&'*+-.^_`|~"}) {
    ExpectLinear(std::string("cookies set ") + piece, 120, [&](size_t size) {
      const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
      const std::string header = Filled(piece, size);
      return Cost{StepsOf(*interpreter, {"", header, header}, "shop@file"), 2 * size};
    });
  }
}

// Every configuration gave the cookie another name.
TEST(TraefikWorkTest, CookieHeaderCostsTheSameWithAHundredConfigurationsAndWithAThousand) {
  const auto steps_with = [](int configs, const char* piece) {
    const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
    for (int i = 0; i < configs; ++i) {
      interpreter->AddConfig(Config(Balancer("shop", fmt::format("name{:04}", i)), i));
    }
    return StepsOf(*interpreter, {Filled(piece, 128 * 1024), "", ""}, "shop@file");
  };
  for (const char* piece : {"name0001=x;", "name9999=x;", "a=b;"}) {
    const uint64_t one = steps_with(1, piece);
    const uint64_t hundred = steps_with(100, piece);
    const uint64_t thousand = steps_with(1000, piece);
    EXPECT_LE(thousand, hundred + hundred / 10) << piece;
    EXPECT_LE(thousand, size_t{128} * 1024 * 150) << piece << ", " << one << " with one";
  }
}

// So many routes, each of its own router, service and server.
Cost CostOfRoutes(size_t count, Interpreter& interpreter, const std::string& prefix) {
  SourceTraits traits;
  const uint64_t steps = WorkOf([&] {
    for (size_t i = 0; i < count; ++i) {
      const std::string router = fmt::format("{}r{}@file", prefix, i);
      const std::string service = fmt::format("{}s{}@file", prefix, i);
      const std::string url =
          fmt::format("http://10.{}.{}.{}:80", i >> 16U, (i >> 8U) & 255U, i & 255U);
      AccessRecord record;
      record.format = LogFormat::kJson;
      record.router = std::string_view(router);
      record.service = std::string_view(service);
      record.server_url = std::string_view(url);
      record.start.low = record.start.high = EventTime(std::chrono::hours(1));
      Observation seen;
      interpreter.FindRoute(record, seen);
      interpreter.Interpret(record, traits, seen);
    }
  });
  return {steps, count};
}

TEST(TraefikWorkTest, RouteCostsTheSameAfterManyOthers) {
  constexpr Sizes kSizes{12'500, 100'000};
  ExpectLinear(
      "names", 20'000,
      [](size_t count) {
        return CostOfRoutes(count, **Interpreter::Create({}, KeyedHash({})), "");
      },
      kSizes);
  ExpectLinear("long names that begin alike", 20'000,
               [](size_t count) {
                 return CostOfRoutes(count, **Interpreter::Create({}, KeyedHash({})),
                                     std::string(200, 'x'));
               },
               {5000, 40'000});
}

// Names that no configuration knows are not looked for in each.
TEST(TraefikWorkTest, UnknownRouteCostsTheSameHoweverManyConfigurationsThereAre) {
  const auto steps_with = [](int configs) {
    const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
    for (int i = 0; i < configs; ++i) {
      interpreter->AddConfig(Config(Balancer("shop", fmt::format("name{:04}", i)), i));
    }
    return CostOfRoutes(1000, *interpreter, "").steps;
  };
  EXPECT_LE(2 * steps_with(1000), 3 * steps_with(10));
}

// A router whose service has another name each time looks like one that is renamed.
TEST(TraefikWorkTest, RouterThatNeverLeadsToTheSameServiceCostsWhatOthersDo) {
  ExpectLinear("services of one router", 20'000,
               [](size_t count) {
                 const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
                 SourceTraits traits;
                 const uint64_t steps = WorkOf([&] {
                   for (size_t i = 0; i < count; ++i) {
                     const std::string service = fmt::format("s{}@file", i);
                     AccessRecord record;
                     record.router = std::string_view("r@file");
                     record.service = std::string_view(service);
                     record.server_url = std::string_view(kServer);
                     Observation seen;
                     interpreter->FindRoute(record, seen);
                     interpreter->Interpret(record, traits, seen);
                   }
                 });
                 return Cost{steps, count};
               },
               {2500, 20'000});
}

TEST(TraefikWorkTest, NamesOfOneHashCostWhatOthersDo) {
  ExpectLinear("names of one hash", 500,
               [](size_t count) {
                 const std::vector<std::string> names = CollidingNames("", count);
                 NameTable<ServerId> table(60000);
                 const uint64_t steps = WorkOf([&] {
                   for (const std::string& name : names) table.Intern(name);
                 });
                 return Cost{steps, count};
               },
               {1000, 8000});
}

// A client of v1.7 to v2.4 writes a user name into the URL of the server, which is logged.
TEST(TraefikWorkTest, RoutesOfOneHashCostWhatOthersDo) {
  ExpectLinear("users of one hash", 20'000,
               [](size_t count) {
                 const auto interpreter = *Interpreter::Create({}, KeyedHash({}));
                 // What comes before the user in the key of a route; the names have eight bytes
                 // each, so that the user begins a block.
                 const std::string prefix =
                     std::string(8, '\0') + std::string("router1\0service\0http://", 23) + ".";
                 const std::vector<std::string> users = CollidingNames(prefix, count);
                 const uint64_t steps = WorkOf([&] {
                   for (const std::string& user : users) {
                     const std::string url = user.substr(prefix.size() - 8) + "@10.0.0.1:80";
                     AccessRecord record;
                     record.router = std::string_view("router1");
                     record.service = std::string_view("service");
                     record.server_url = std::string_view(url);
                     Observation seen;
                     interpreter->FindRoute(record, seen);
                   }
                 });
                 return Cost{steps, count};
               },
               {1000, 8000});
}

}  // namespace
}  // namespace stickyd
