// SPDX-License-Identifier: Apache-2.0
// decode_test: what `decode` prints of what was pasted, where its candidates come from, and its
// exit codes.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "running.h"
#include "stickyd/base/fd.h"
#include "stickyd/traefik/cookie_codec.h"
#include "support/compress.h"
#include "support/fake_api.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::StartsWith;

constexpr const char* kSha = "df5bd2f9c0180410";  // of http://10.0.0.1:80
constexpr const char* kBoth[] = {"v2.11.53", "v3.7.9"};

class DecodeTest : public Running {
 protected:
  // A folder of --traefik.snapshot: one server of shop@file, and what the rest of its pool is.
  std::string Save(const std::string& name, const std::string& servers,
                   const std::string& version = kBoth[1], int64_t hour = 9) {
    std::filesystem::create_directories(Path(name));
    Put(name + "/rawdata.json",
        R"({"routers": {"r@file": {"service": "shop"}}, "services": {"shop@file": {"loadBalancer": )"
        R"({"servers": [)" +
            servers +
            R"(], "sticky": {"cookie": {}}}, "serverStatus": {"http://10.0.0.1:80": "UP"}}}})");
    Put(name + "/version.json", R"({"Version": ")" + version + R"("})");
    Put(name + "/time.json", R"({"time_unix_ns": )" + std::to_string(hour * 3600) + "000000000}");
    return Path(name);
  }
  static std::string Server(const std::string& url) { return R"({"url": ")" + url + R"("})"; }
  int Decode(const Arguments& arguments) { return Run("decode", arguments); }
  // With this as standard input.
  int Piped(const std::string& text, const Arguments& arguments) {
    const std::string path = Put("pasted", text);
    const UniqueFd before(::dup(STDIN_FILENO));
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    ::dup2(file.get(), STDIN_FILENO);
    const int code = Decode(arguments);
    ::dup2(before.get(), STDIN_FILENO);
    return code;
  }
  nlohmann::json Json(Arguments arguments) {
    arguments.insert(arguments.end(), {"--output", "json"});
    Decode(arguments);
    return nlohmann::json::parse(out_);
  }
  std::vector<std::string> FirstLines() const {
    std::vector<std::string> lines;
    bool first = true;
    ForEachPart(out_, '\n', [&](std::string_view line) {
      if (first && !line.empty()) lines.emplace_back(line);
      first = line.empty();
    });
    return lines;
  }
};

TEST_F(DecodeTest, TheFirstLineIsTheAnswer) {
  EXPECT_EQ(Decode({kSha, "--server", "http://10.0.0.1:80"}), kExitFine);
  EXPECT_EQ(err_, "");
  EXPECT_EQ(out_,
            "df5bd2f9c0180410 is http://10.0.0.1:80 (sha256, Traefik v3.3.4 and later)\n"
            "  pool now:    not known without --traefik.url or --traefik.snapshot\n"
            "  accepted by: v3.3.4 and later\n"
            "  upgrade:     no version up to v3.7 changes what this one writes\n"
            "  downgrade:   v1.7 to v2.4, v2.5 to v2.11, v3.0 to v3.3.3 refuse it (every client "
            "that has it is moved once)\n");
}

TEST_F(DecodeTest, EachEncodingSaysWhoWritesItAndWhatAnUpgradeDoes) {
  EXPECT_EQ(Decode({"--server", "10.0.0.1:80", "http://10.0.0.1:80", "c2e8df179a351d87",
                    "f4256d1ea8f63de1", "6773b9eb3f0631af", "a3882de487ebf0dc"}),
            kExitFine);
  EXPECT_THAT(
      FirstLines(),
      ElementsAre(
          "http://10.0.0.1:80 is itself the URL of a server (raw_url, Traefik v1.7 to v2.4)",
          "c2e8df179a351d87 is http://10.0.0.1:80 (fnv1a, Traefik v2.5 to v2.11)",
          "f4256d1ea8f63de1 is http://10.0.0.1:80 (fnv1_of_fnv1a, Traefik v3.0 to v3.3.3)",
          "6773b9eb3f0631af is http://10.0.0.1:80 (fnv1, which no Traefik writes)",
          "a3882de487ebf0dc is http://10.0.0.1:80 (fnv1_twice, which no Traefik writes)"));
  for (const char* part :
       {"  upgrade:     v2.5 to v2.11 keep it; v3.0 to v3.3.3 refuse it (every client that has it "
        "is "
        "moved once); v3.3.4 and later rewrite it (same server, new value: nobody is moved)\n",
        "  upgrade:     v3.0 to v3.3.3 keep it; v3.3.4 and later refuse it (every client that has "
        "it "
        "is moved once)\n  downgrade:   v1.7 to v2.4 refuse it",
        "  accepted by: v1.7 to v2.4, v2.5 to v2.11, v3.3.4 and later\n",
        "  versions:    v1.7 to v2.4, v2.5 to v2.11, v3.0 to v3.3.3 refuse it (every client that "
        "has "
        "it is moved once); v3.3.4 and later rewrite it"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
}

TEST_F(DecodeTest, WhatIsPastedIsRecognised) {
  const std::string answer = " is http://10.0.0.1:80 (";
  for (const char* pasted :
       {"lb=df5bd2f9c0180410", "lb=\"df5bd2f9c0180410\"; Path=/; HttpOnly",
        "Set-Cookie: lb=df5bd2f9c0180410; Path=/", "< set-cookie: lb=df5bd2f9c0180410",
        "Cookie: theme=dark; lb=df5bd2f9c0180410", "http%3A%2F%2F10.0.0.1%3A80",
        "lb=http%3a%2f%2f10.0.0.1%3a80"}) {
    EXPECT_EQ(Decode({"--server", "http://10.0.0.1:80", "--", pasted}), kExitFine) << pasted;
    EXPECT_THAT(out_, HasSubstr(answer)) << pasted;
  }
  EXPECT_THAT(out_,
              HasSubstr("  note:        it was pasted percent-encoded; Traefik neither writes "
                        "nor honours it like that\n"));
}

TEST_F(DecodeTest, ConfigurationsSayHowTheServerStands) {
  const std::string saved = Save("api", Server("http://10.0.0.1:80"));
  EXPECT_EQ(Decode({std::string("_0f21b=") + kSha, "--traefik.snapshot", saved}), kExitFine);
  const std::string name = DefaultCookieName("shop@file");
  EXPECT_THAT(out_, HasSubstr("  pool now:    up, in shop@file (configuration of "
                              "1970-01-01T09:00:00.000000Z); its cookie is " +
                              name + ": it does not read _0f21b\n"));
  EXPECT_THAT(out_, HasSubstr("  cookie:      _0f21b, as Traefik names cookies by default; it is "
                              "that of no service that is known\n"));
  EXPECT_THAT(out_, HasSubstr("  today:       Traefik 3.7.9 keeps it\n"));
  EXPECT_EQ(Decode({name + "=" + kSha, "--traefik.snapshot", saved}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("  cookie:      " + name +
                              ", the sticky cookie of shop@file, by its default name\n"));
  EXPECT_THAT(out_, HasSubstr("(configuration of 1970-01-01T09:00:00.000000Z)\n"));
}

TEST_F(DecodeTest, AServerThatIsGoneIsNamedByTheConfigurationThatHadIt) {
  Save("all/1", Server("http://10.0.0.1:80"), kBoth[0], 9);
  Save("all/2", Server("http://10.0.0.2:80"), kBoth[1], 10);
  EXPECT_EQ(Decode({"c2e8df179a351d87", "--traefik.snapshot", Path("all")}), kExitFine);
  for (const char* part :
       {"  pool now:    gone, last in shop@file (configuration of 1970-01-01T09:00:00.000000Z): "
        "its "
        "clients are assigned anew\n",
        "  today:       Traefik 3.7.9 refuses it: whoever has it is assigned anew\n",
        "  upgrade:     no version up to v3.7 changes what is done with it\n"}) {
    EXPECT_THAT(out_, HasSubstr(part));
  }
  EXPECT_EQ(Decode({kSha, "--server", "http://10.0.0.1:80/", "--traefik.snapshot", Path("all")}),
            kExitFine);
}

TEST_F(DecodeTest, ALogTellsServersAndServices) {
  const std::string log =
      JsonLine({.start_ms = 1000, .server = 'a', .service = "blue@file"}, 1) +
      JsonLine({.start_ms = 2000, .server = 'a', .service = "blue@file", .router = "r@file"}, 2) +
      "not a record\n";
  const std::string value = EncodeCookie(CookieEncoding::kSha256, "http://10.0.0.a:80");
  const std::string child = EncodeCookie(CookieEncoding::kFnv1, "blue");
  const std::string router = EncodeCookie(CookieEncoding::kFnv1, "r");
  for (const std::string& path : {Put("a.log", log), Put("b.log.gz", GzipOf(log)), Path("a.*"),
                                  Put("c.log", log.substr(0, 800))}) {
    EXPECT_EQ(Decode({value, child, "--log", path}), kExitFine) << path;
    EXPECT_EQ(err_, "");
    EXPECT_THAT(out_, HasSubstr(value + " is http://10.0.0.a:80 (sha256"));
    EXPECT_THAT(out_, HasSubstr(child + " is blue, a service below a weighted one (fnv1, Traefik "
                                        "v2.11 to v3.3.3)"));
  }
  EXPECT_EQ(Decode({value, router, kSha, "--log", Path("a.log")}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("  in the log:  chosen last at 2026-01-05T09:00:02.000000Z\n"));
  EXPECT_THAT(out_,
              HasSubstr("r, a service below a weighted one, if it is called as the router is"));
  EXPECT_THAT(out_, HasSubstr("df5bd2f9c0180410 is unknown\n"));
  EXPECT_EQ(Decode({"http://10.0.0.1:80", "--log", Path("a.log")}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("  in the log:  no\n"));
}

TEST_F(DecodeTest, LinesAreAsLongAsTheyMayBe) {
  const std::string path(2000, 'p');
  const std::string log = Put("long.log", JsonLine({.path = path.c_str()}, 1));
  const std::string value = EncodeCookie(CookieEncoding::kSha256, "http://10.0.0.a:80");
  EXPECT_EQ(Decode({value, "--log", log}), kExitFine);
  EXPECT_EQ(Decode({value, "--log", log, "--line.max-bytes", "1024"}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("none of its 1 lines is a record"));
}

TEST_F(DecodeTest, NestedCookiesAreReadTogether) {
  std::filesystem::create_directory(Path("api"));
  Put("api/rawdata.json",
      R"({"routers": {"r@file": {"service": "shop"}}, "services": {
        "shop@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green"}],
                                   "sticky": {"cookie": {"name": "lvl1"}}}},
        "blue@file": {"loadBalancer": {"servers": [{"url": "http://a:1"}],
                                       "sticky": {"cookie": {"name": "lvl2"}}}},
        "green@file": {"loadBalancer": {"servers": [{"url": "http://b:1"}],
                                        "sticky": {"cookie": {"name": "lvl2"}}}}}})");
  const auto sha = [](const char* text) { return EncodeCookie(CookieEncoding::kSha256, text); };
  const std::string good =
      "Cookie: lvl1=" + sha("blue") + "; theme=dark; lvl2=" + sha("http://a:1");
  EXPECT_EQ(Decode({good, "--traefik.snapshot", Path("api")}), kExitFine);
  EXPECT_THAT(out_,
              StartsWith(sha("blue") + " is blue, a service below a weighted one (sha256, "
                                       "Traefik v3.3.4 and later)\n"
                                       "  cookie:      lvl1, the sticky cookie of shop@file\n"
                                       "  now:         yes, below shop@file (configuration "));
  EXPECT_THAT(out_, HasSubstr("  cookie:      lvl2, the sticky cookie of blue@file\n"));
  EXPECT_THAT(out_, HasSubstr("  pool now:    yes, in blue@file (configuration of "));
  EXPECT_THAT(out_, HasSubstr("\nnot Traefik's: theme\n"));
  EXPECT_THAT(out_, Not(HasSubstr("do not belong together")));
  EXPECT_THAT(out_, Not(HasSubstr("dark")));
  const std::string odd = "lvl1=" + sha("green") + "; lvl2=" + sha("http://a:1");
  EXPECT_EQ(Decode({odd, "--traefik.snapshot", Path("api")}), kExitFine);
  EXPECT_THAT(out_,
              HasSubstr("note: green leads to green@file, whose pool does not have http://a:1: "
                        "the two cookies do not belong together\n"));
}

TEST_F(DecodeTest, OfCookiesOfOneNameTheFirstCounts) {
  const std::string line = "Cookie: lb=http://10.0.0.1:80; theme=a; lb=http://10.0.0.2:80; theme=b";
  EXPECT_EQ(Decode({line}), kExitFine);
  EXPECT_THAT(out_,
              HasSubstr("\nnote: several cookies are called lb: of a request, Traefik reads the "
                        "first only\nnot Traefik's: theme, theme\n"));
  EXPECT_EQ(Decode({"Cookie: lb=http://10.0.0.1:80; theme=a"}), kExitFine);
  EXPECT_THAT(out_, Not(HasSubstr("several cookies")));
}

TEST_F(DecodeTest, AnUnknownValueSaysWhatItIsNotAndWhatWouldTell) {
  const auto why = [&](const char* value) {
    EXPECT_EQ(Decode({value, "--server", "http://10.0.0.2:80"}), kExitFound) << value;
    EXPECT_EQ(err_, "");
    EXPECT_THAT(out_, HasSubstr("  would tell:  ")) << value;
    return out_;
  };
  EXPECT_THAT(why(kSha),
              HasSubstr("df5bd2f9c0180410 is unknown\n  why:         16 hex digits are a "
                        "hash, of v2.5 to v3.3.3 (FNV) or of v3.3.4 and later (sha256): "
                        "the form does not tell which; it is not that of the one server "
                        "that is known\n"));
  for (const char* part : {"--traefik.url URL, or --traefik.snapshot DIR: ", "--log FILE: ",
                           "--server URL: ", "--service NAME: "}) {
    EXPECT_THAT(out_, HasSubstr(std::string("  would tell:  ") + part));
  }
  EXPECT_THAT(why("f5bd2f9c0180410"),
              HasSubstr("15 hex digits may be a hash of v2.5 to v3.3.3 (FNV)"));
  EXPECT_THAT(why("DF5BD2F9C0180410"), HasSubstr("small letters"));
  EXPECT_THAT(why("abc"), HasSubstr("abc is none of Traefik's\n  why:         it is too short"));
  EXPECT_THAT(why("df5bd2f9c0180410df5bd2f9c0180410"),
              HasSubstr("too long for a hash of Traefik's: "
                        "32 hex digits, not 16"));
  EXPECT_THAT(why("10.0.0.1:80"), HasSubstr("10.0.0.1:80 is unknown"));
  EXPECT_THAT(out_, HasSubstr("the same with http:// or https:// before it"));
  EXPECT_THAT(why("dark"), HasSubstr("neither a server's URL nor a hash of 16 hex digits"));
  EXPECT_EQ(Decode({kSha}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("there is nothing to compare it with"));
  const std::string saved = Save("api", Server("http://10.0.0.2:80"));
  EXPECT_EQ(Decode({"--traefik.snapshot", saved, DefaultCookieName("shop@file") + "=" + kSha}),
            kExitFound);
  EXPECT_THAT(out_, HasSubstr("; whoever sends it to shop@file is assigned anew\n"));
  EXPECT_EQ(Decode({"--traefik.snapshot", saved, std::string("x=") + kSha}), kExitFound);
  EXPECT_THAT(out_, Not(HasSubstr("whoever sends it")));
}

TEST_F(DecodeTest, TheLogThatWatchFollowsIsNamedAndNotRead) {
  const std::string log = Put("a.log", BrokenLog());
  const std::string file = Put("stickyd.conf", "log = " + log + "\n");
  const std::string value = EncodeCookie(CookieEncoding::kSha256, "http://10.0.0.a:80");
  EXPECT_EQ(Call({"decode", "--config.file", file, value}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("  would tell:  --log " + log + ": the log that watch follows\n"));
  EXPECT_EQ(Call({"decode", "--config.file", file, value, "--log", log}), kExitFine);
}

TEST_F(DecodeTest, StandardInputMayBeAllOfAnAnswer) {
  const std::string answer =
      "HTTP/2 200\r\ndate: Mon, 05 Jan 2026 09:00:00 GMT\r\n"
      "set-cookie: _633ff=df5bd2f9c0180410; Path=/\r\n\r\n<html>hello</html>\n";
  EXPECT_EQ(Piped(answer, {"-", "--server", "http://10.0.0.1", "--service", "whoami@docker"}),
            kExitFine);
  EXPECT_THAT(out_, StartsWith("df5bd2f9c0180410 is http://10.0.0.1:80 (sha256"));
  EXPECT_THAT(out_, HasSubstr("  cookie:      _633ff, the default name of whoami@docker\n"));
  EXPECT_THAT(out_, HasSubstr("  note:        what is known is http://10.0.0.1, whose cookies are "
                              "others: each way to write a URL has a hash of its own\n"));
  EXPECT_THAT(FirstLines(), testing::SizeIs(1));
  EXPECT_EQ(Piped("http://10.0.0.1:80\nhttp://10.0.0.2:80\n", {"-"}), kExitFine);
  EXPECT_THAT(FirstLines(), testing::SizeIs(2));
  EXPECT_EQ(Piped("Date: Mon\n", {"-"}), kExitFound);
  EXPECT_EQ(err_, "stickyd decode: standard input holds no cookie\n");
  EXPECT_EQ(Piped(std::string(1'100'000, 'a'), {"-"}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("standard input: more than 1048576 bytes"));
  EXPECT_EQ(Piped("x", {"-", "--log", "-"}), kExitUsage);
  EXPECT_EQ(Piped("x", {"-", "-"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("standard input can be read once"));
}

TEST_F(DecodeTest, MistakesHaveTheirExitCodes) {
  EXPECT_EQ(Decode({}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("stickyd decode: no VALUE"));
  EXPECT_EQ(Decode({kSha, "--server", "a b"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("'a b' is not a server like http://10.0.0.1:80"));
  EXPECT_EQ(Decode({kSha, "--server", "http://"}), kExitUsage);
  EXPECT_EQ(Decode({"Date: Mon", kSha, "--server", "http://10.0.0.1:80"}), kExitFound);
  EXPECT_EQ(err_, "stickyd decode: 'Date: Mon' holds no cookie\n");
  EXPECT_THAT(out_, HasSubstr("is http://10.0.0.1:80"));
  EXPECT_EQ(Decode({kSha, "--traefik.snapshot", Path("none")}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("--traefik.snapshot: "));
  EXPECT_EQ(out_, "");
  std::filesystem::create_directory(Path("bad"));
  Put("bad/rawdata.json", "no JSON");
  EXPECT_EQ(Decode({kSha, "--traefik.snapshot", Path("bad")}), kExitConfig);
  // What else could not be read is told beside the answer.
  for (const std::string& log : {Path("none.log"), Path("none*"), Put("empty.log", "")}) {
    EXPECT_EQ(Decode({kSha, "--server", "http://10.0.0.1:80", "--log", log}), kExitFound) << log;
    EXPECT_THAT(err_, HasSubstr("stickyd decode: --log"));
    EXPECT_THAT(out_, StartsWith("df5bd2f9c0180410 is http://10.0.0.1:80"));
  }
}

TEST_F(DecodeTest, ACookieThatMustBeTraefiksAndIsUnknownIsFound) {
  const auto decode = [&](const char* text) {
    return Decode({"--server", "http://10.0.0.1:80", text});
  };
  EXPECT_EQ(decode("Cookie: lb=df5bd2f9c0180410; sid=0123456789abcdef"), kExitFine);
  EXPECT_EQ(decode("Cookie: lb=df5bd2f9c0180410; _12345=0123456789abcdef"), kExitFound);
  EXPECT_EQ(decode("Cookie: theme=dark; sid=abc"), kExitFound);
  EXPECT_EQ(out_, "not Traefik's: theme, sid\n");
}

TEST_F(DecodeTest, NothingThatIsPastedSteersATerminal) {
  EXPECT_EQ(Decode({"\x1b[2Jblue", "\x1b[1m=\x1b[2m", "http://a/\x1b[2J"}), kExitFound);
  EXPECT_THAT(out_ + err_, Not(HasSubstr("\x1b")));
  EXPECT_THAT(out_, HasSubstr("\\x1b[2Jblue is none of Traefik's"));
}

TEST_F(DecodeTest, JsonHasAllOfIt) {
  const std::string saved = Save("api", Server("http://10.0.0.1:80"));
  const auto json = Json(
      {"Cookie: theme=dark; x=df5bd2f9c0180410", "0123456789abcdef", "--traefik.snapshot", saved});
  EXPECT_EQ(out_.substr(0, 22), "{\n  \"decode_version\": ") << "for people, too";
  EXPECT_EQ(json["decode_version"], 1);
  EXPECT_EQ(json["known"], false);
  EXPECT_EQ(json["candidates"]["servers"], 1);
  EXPECT_EQ(json["candidates"]["configurations"], 1);
  EXPECT_EQ(json["candidates"]["configuration_time"], "1970-01-01T09:00:00.000000Z");
  EXPECT_EQ(json["candidates"]["traefik"], "3.7.9");
  EXPECT_EQ(json["candidates"]["log"], false);
  EXPECT_THAT(json["problems"], IsEmpty());
  ASSERT_EQ(json["cookies"].size(), 3U);
  const auto& other = json["cookies"][0];
  EXPECT_EQ(other["name"], "theme");
  EXPECT_EQ(other["value"], nullptr) << "it is not Traefik's, and may be a secret";
  EXPECT_EQ(other["traefik"], "no");
  const auto& cookie = json["cookies"][1];
  EXPECT_EQ(cookie["input"], 1);
  EXPECT_EQ(cookie["value"], kSha);
  EXPECT_EQ(cookie["traefik"], "yes");
  EXPECT_EQ(cookie["shape"], "hash");
  EXPECT_EQ(cookie["why_unknown"], nullptr);
  ASSERT_EQ(cookie["readings"].size(), 1U);
  const auto& reading = cookie["readings"][0];
  EXPECT_EQ(reading["kind"], "server");
  EXPECT_EQ(reading["text"], "http://10.0.0.1:80");
  EXPECT_EQ(reading["encoding"], "sha256");
  EXPECT_EQ(reading["written_by"], "v3.3.4 and later");
  EXPECT_EQ(reading["fate_today"], "kept");
  EXPECT_EQ(reading["versions"].size(), 4U);
  EXPECT_EQ(reading["versions"][0]["fate"], "refused");
  EXPECT_EQ(reading["last_seen"], nullptr);
  EXPECT_EQ(reading["places"][0]["service"], "shop@file");
  EXPECT_EQ(reading["places"][0]["state"], "up");
  EXPECT_EQ(reading["places"][0]["same_name"], false);
  const auto& unknown = json["cookies"][2];
  EXPECT_EQ(unknown["input"], 2);
  EXPECT_EQ(unknown["name"], nullptr);
  EXPECT_EQ(unknown["known"], false);
  EXPECT_THAT(unknown["readings"], IsEmpty());
  EXPECT_THAT(unknown["why_unknown"].get<std::string>(), HasSubstr("16 hex digits are a hash"));
  EXPECT_THAT(unknown["would_tell"], Not(IsEmpty()));
}

TEST_F(DecodeTest, WhatTraefikSaysNowIsWhereTheServerIs) {
  FakeApi api;
  api.PutConfig({"http://10.0.0.1:80"});
  EXPECT_EQ(Run("decode", {"--traefik.url", api.url(), "df5bd2f9c0180410"}), kExitFine);
  EXPECT_THAT(out_, HasSubstr("df5bd2f9c0180410 is http://10.0.0.1:80"));
  EXPECT_THAT(out_, HasSubstr("in shop@file"));
  api.Put("/api/rawdata", {401, "", ""});
  EXPECT_EQ(Run("decode", {"--traefik.url", api.url(), "df5bd2f9c0180410"}), kExitFound);
  EXPECT_THAT(err_, HasSubstr("answers 401"));
}

}  // namespace
}  // namespace stickyd
