// SPDX-License-Identifier: Apache-2.0
// config_work_test: documents of Traefik's API that are built against their reader, and what became
// different between two of them.
#include <fmt/format.h>

#include <functional>
#include <memory>

#include "stickyd/model/config_changes.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/traefik/config_reader.h"
#include "work.h"

namespace stickyd {
namespace {

using Make = std::function<std::string(size_t)>;

std::string Joined(size_t count, const Make& item) {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + item(i);
  return text;
}
std::string Rawdata(const std::string& routers, const std::string& services,
                    const std::string& middlewares = "") {
  return R"({"routers": {)" + routers + R"(}, "services": {)" + services +
         R"(}, "middlewares": {)" + middlewares + "}}";
}
// One router that leads to `service`.
std::string To(const std::string& service) { return R"("r@f": {"service": ")" + service + R"("})"; }

std::string Servers(size_t count, int fourth = 1) {
  return R"("s@f": {"loadBalancer": {"servers": [)" +
         Joined(count,
                [&](size_t i) {
                  return fmt::format(
                      R"({{"url": "http://a-host-with-a-long-name.10.{}.{}.{}:80"}})", i / 256,
                      i % 256, fourth);
                }) +
         "]}}";
}

struct Row {
  const char* name;
  Make make;
};

const Row kRows[] = {
    {"servers", [](size_t n) { return Rawdata(To("s"), Servers(n)); }},
    {"the same server",
     [](size_t n) {
       return Rawdata(To("s"), R"("s@f": {"loadBalancer": {"servers": [)" + Joined(n, [](size_t) {
                                 return R"({"url": "http://a:80"})";
                               }) + "]}}");
     }},
    {"states of servers",
     [](size_t n) {
       return Rawdata(
           To("s"),
           R"("s@f": {"loadBalancer": {"servers": [{"url": "http://a:80"}]},
                                  "serverStatus": {)" +
               Joined(n, [](size_t i) { return fmt::format(R"("http://{}:80": "UP")", i); }) +
               "}}");
     }},
    {"services",
     [](size_t n) {
       return Rawdata("", Joined(n / 2, [](size_t i) {
                        return fmt::format(R"("s{}@f": {{"loadBalancer": {{}}}})", i);
                      }));
     }},
    {"routers of one service",
     [](size_t n) {
       return Rawdata(
           Joined(n / 2,
                  [](size_t i) { return fmt::format(R"("r{}@f": {{"service": "s@f"}})", i); }),
           R"("s@f": {"loadBalancer": {}})");
     }},
    {"routers of their own services",
     [](size_t n) {
       const size_t half = n / 4;
       return Rawdata(
           Joined(half,
                  [](size_t i) { return fmt::format(R"("r{}@f": {{"service": "s{}@f"}})", i, i); }),
           Joined(half, [](size_t i) {
             return fmt::format(R"("s{}@f": {{"loadBalancer": {{"sticky": {{"cookie": {{}}}}}}}})",
                                i);
           }));
     }},
    {"roots of one child",
     [](size_t n) {
       const size_t half = n / 4;
       return Rawdata(
           Joined(half,
                  [](size_t i) { return fmt::format(R"("r{}@f": {{"service": "s{}@f"}})", i, i); }),
           R"("c@f": {"loadBalancer": {}},)" + Joined(half, [](size_t i) {
             return fmt::format(R"("s{}@f": {{"weighted": {{"services": [{{"name": "c"}}]}}}})", i);
           }));
     }},
    {"children",
     [](size_t n) {
       return Rawdata(To("s"),
                      R"("c@f": {"loadBalancer": {}}, "s@f": {"weighted": {"services": [)" +
                          Joined(n, [](size_t) { return R"({"name": "c"})"; }) + "]}}");
     }},
    {"middlewares",
     [](size_t n) {
       return Rawdata("", "", Joined(n / 2, [](size_t i) {
                        return fmt::format(R"("m{}@f": {{"errors": {{"service": "s"}}}})", i);
                      }));
     }},
    {"middlewares of a router",
     [](size_t n) {
       return Rawdata(R"("r@f": {"service": "s", "middlewares": [)" +
                          Joined(n, [](size_t) { return R"("m")"; }) + "]}",
                      R"("s@f": {"loadBalancer": {}}, "e@f": {"loadBalancer": {}})",
                      R"("m@f": {"errors": {"service": "e"}})");
     }},
    {"headers of a middleware",
     [](size_t n) {
       return Rawdata("", "",
                      R"("m@f": {"headers": {"customResponseHeaders": {)" + Joined(n, [](size_t i) {
                        return fmt::format(R"("x{}": "")", i);
                      }) + "}}}");
     }},
    {"fields that nobody knows",
     [](size_t n) {
       return Rawdata(To("s"), R"("s@f": {)" + Joined(n, [](size_t i) {
                                 return fmt::format(R"("x{}": 1)", i);
                               }) + "}");
     }},
    {"names of cookies",
     [](size_t n) {
       return Rawdata(
           "", Joined(n / 4, [](size_t i) {
             return fmt::format(
                 R"("s{}@f": {{"loadBalancer": {{"sticky": {{"cookie": {{"name": "c"}}}}}}}})", i);
           }));
     }},
    {"a long name of a provider",
     [](size_t n) {
       return Rawdata("", "\"s@" + std::string(n, 'p') + R"(": {"weighted": {"services": [)" +
                              Joined(n / 4, [](size_t) { return R"({"name": "c"})"; }) + "]}}");
     }},
    {"a long name of a router's provider",
     [](size_t n) {
       return Rawdata("\"r@" + std::string(n, 'p') + R"(": {"service": "s", "middlewares": [)" +
                          Joined(n / 4, [](size_t) { return R"("m")"; }) + "]}",
                      "");
     }},
    {"a name for a cookie",
     [](size_t n) {
       return Rawdata("", R"("s@f": {"loadBalancer": {"sticky": {"cookie": {"name": ")" +
                              std::string(n, ';') + R"("}}}})");
     }},
};

TEST(ConfigWorkTest, ConfigurationCostsItsLengthWhateverIsInIt) {
  constexpr Sizes kSizes{2500, 20'000};
  for (const Row& row : kRows) {
    ExpectLinear(
        row.name, 200,
        [&](size_t size) {
          ApiAnswers answers;
          answers.rawdata = row.make(size);
          const size_t bytes = answers.rawdata.size();
          return Cost{WorkOf([&] { static_cast<void>(ReadConfig(answers)); }), bytes};
        },
        kSizes);
  }
}

TEST(ConfigWorkTest, AHundredThousandServersCostTheirBytes) {
  ExpectLinear("servers", 200,
               [](size_t size) {
                 ApiAnswers answers;
                 answers.rawdata = Rawdata(To("s"), Servers(size));
                 const size_t bytes = answers.rawdata.size();
                 return Cost{WorkOf([&] { static_cast<void>(ReadConfig(answers)); }), bytes};
               },
               {12'500, 100'000});
}

TEST(ConfigWorkTest, EntryPointsCostTheirBytes) {
  ExpectLinear(
      "entry points", 200,
      [](size_t size) {
        ApiAnswers answers;
        answers.rawdata = Rawdata("", "");
        answers.entry_points =
            "[" +
            Joined(size,
                   [](size_t i) {
                     return fmt::format(
                         R"({{"name": "e{}", "forwardedHeaders": {{"trustedIPs": ["1"]}}}})", i);
                   }) +
            "]";
        const size_t bytes = answers.entry_points.size();
        return Cost{WorkOf([&] { static_cast<void>(ReadConfig(answers)); }), bytes};
      },
      {2500, 20'000});
}

// Each level has the next one twice: as many ways as there are numbers of so many bits.
TEST(ConfigWorkTest, ServicesThatShareEachOtherInTooManyWaysAreRefusedInTime) {
  constexpr size_t kRoots = 3000;
  ApiAnswers answers;
  answers.rawdata = Rawdata(
      Joined(kRoots,
             [](size_t i) { return fmt::format(R"("r{}@f": {{"service": "s{}@f"}})", i, i); }),
      Joined(kRoots, [](size_t i) {
        return fmt::format(R"("s{}@f": {{"weighted": {{"services": [{}]}}}})", i,
                           Joined(64, [&](size_t j) {
                             return fmt::format(R"({{"name": "s{}"}})", (i * 64 + j + 1) % kRoots);
                           }));
      }));
  const uint64_t steps = WorkOf([&] { static_cast<void>(ReadConfig(answers)); });
  EXPECT_LE(steps, answers.rawdata.size() * 1000);
}

// Services that nobody uses have names like those that are used, but for three letters.
TEST(ConfigWorkTest, NamesThatLookAlikeAreComparedInTime) {
  const auto name = [](char kind, size_t i) {
    return fmt::format("{}{:08}{}{}{}", std::string(100, 'x'), i, std::string(100, 'y'), kind,
                       kind == 'a' ? "bcd" : "efg");
  };
  ExpectLinear("names that look alike", 2000,
               [&](size_t size) {
                 ApiAnswers answers;
                 answers.rawdata =
                     Rawdata(Joined(size,
                                    [&](size_t i) {
                                      return fmt::format(R"("r{}@f": {{"service": "{}@f"}})", i,
                                                         name('a', i));
                                    }),
                             Joined(size, [&](size_t i) {
                               return fmt::format(R"("{}@f": {{"loadBalancer": {{}}}},
                                "{}@f": {{"loadBalancer": {{"sticky": {{"cookie": {{}}}}}}}})",
                                                  name('a', i), name('b', i));
                             }));
                 const size_t bytes = answers.rawdata.size();
                 return Cost{WorkOf([&] { static_cast<void>(ReadConfig(answers)); }), bytes};
               },
               {500, 4000});
}

std::shared_ptr<const TraefikConfig> Read(const std::string& rawdata, int64_t second) {
  auto config = ReadConfig({rawdata, "", "", EventTime(std::chrono::seconds(second))});
  EXPECT_TRUE(config.has_value());
  return std::make_shared<const TraefikConfig>(std::move(*config));
}

TEST(ConfigWorkTest, ChangesCostTheServersOfBoth) {
  ExpectLinear("changes of servers", 1500,
               [](size_t size) {
                 const auto before = Read(Rawdata(To("s"), Servers(size, 1)), 0);
                 const auto after = Read(Rawdata(To("s"), Servers(size, 2)), 60);
                 return Cost{WorkOf([&] { FindChanges(*before, *after); }), size};
               },
               {12'500, 100'000});
}

// The pairs around a break are compared once, not for every break.
TEST(ConfigWorkTest, BreaksOfOneMomentCompareConfigurationsOnce) {
  ConfigHistory configs;
  for (int i = 0; i < 300; ++i) configs.Add(Read(Rawdata(To("s"), Servers(100, i)), i));
  ChangeBook changes(configs);
  const EventTime time(std::chrono::seconds(290));
  const auto ask = [&] { return WorkOf([&] { changes.Around(time, "s@f", "http://nowhere"); }); };
  const uint64_t first = ask();
  EXPECT_LE(ask() * 20, first);
}

// Folders are read again on every reload; and all may be of one moment, and differ in the last
// server.
TEST(ConfigWorkTest, ConfigurationsOfOneMomentAreNotComparedServerByServer) {
  constexpr size_t kConfigs = 200;
  const std::string servers = Servers(500);
  std::vector<std::shared_ptr<const TraefikConfig>> read;
  for (size_t i = 0; i < kConfigs; ++i) {
    std::string own = servers;
    own.insert(own.rfind(']'), fmt::format(R"(, {{"url": "http://{}:80"}})", i));
    read.push_back(Read(Rawdata(To("s"), own), 0));
  }
  ConfigHistory configs;
  const uint64_t steps = WorkOf([&] {
    for (const auto& config : read) configs.Add(config);
  });
  EXPECT_EQ(configs.size(), kConfigs);
  EXPECT_LE(steps, kConfigs * kConfigs * 10);
}

}  // namespace
}  // namespace stickyd
