// SPDX-License-Identifier: Apache-2.0
// value_decoder_test: every encoding of every version leads back to its server or service, with
// what the configurations, a log and the operator say of it.
#include "stickyd/traefik/value_decoder.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stickyd/traefik/config_reader.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kFirst = "http://10.0.0.1:80";
constexpr EventTime kMorning{std::chrono::hours(9)};

TraefikConfig Config(const std::string& services, EventTime time = kMorning,
                     const std::string& version = R"({"Version": "3.7.9"})") {
  auto config = ReadConfig(
      {R"({"routers": {"shop@file": {"service": "shop"}}, "services": {)" + services + "}}", "",
       version, time});
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? std::move(*config) : TraefikConfig{};
}

std::string Balancer(const std::string& name, const std::string& servers,
                     const std::string& more = R"("sticky": {"cookie": {"name": "lb"}})",
                     const std::string& status = "") {
  return fmt::format(R"("{}": {{"loadBalancer": {{"servers": [{}], {}}}{}}})", name, servers, more,
                     status);
}
std::string Server(const std::string& url, const std::string& more = "") {
  return fmt::format(R"({{"url": "{}"{}}})", url, more);
}

// The first reading of a value.
CookieReading ReadingOf(const ValueDecoder& decoder, const std::string& value,
                        const std::string& name = "") {
  const DecodedCookie cookie = decoder.Decode({name, value});
  EXPECT_FALSE(cookie.readings.empty()) << value;
  return cookie.readings.empty() ? CookieReading{} : cookie.readings.front();
}
std::vector<std::string> Texts(const ValueDecoder& decoder, const std::string& value) {
  std::vector<std::string> texts;
  for (const CookieReading& reading : decoder.Decode({"", value}).readings) {
    texts.push_back(reading.text);
  }
  return texts;
}
std::vector<std::string> Owners(const ValueDecoder& decoder, const std::string& name) {
  std::vector<std::string> owners;
  for (const CookieOwner& owner : decoder.Decode({name, "x"}).owners) {
    owners.push_back(fmt::format("{} {}{}{}", owner.service, Name(owner.owning),
                                 owner.is_router ? " router" : "", owner.former ? " former" : ""));
  }
  return owners;
}

TEST(ValueDecoderTest, EachEncodingOfAServerIsRead) {
  ValueDecoder decoder;
  decoder.AddServer(kFirst);
  const std::pair<const char*, CookieEncoding> values[] = {
      {kFirst, CookieEncoding::kRawUrl},
      {"c2e8df179a351d87", CookieEncoding::kFnv1a},
      {"f4256d1ea8f63de1", CookieEncoding::kFnv1OfFnv1a},
      {"df5bd2f9c0180410", CookieEncoding::kSha256},
      {"6773b9eb3f0631af", CookieEncoding::kFnv1},
      {"a3882de487ebf0dc", CookieEncoding::kFnv1Twice}};
  for (const auto& [value, encoding] : values) {
    const CookieReading reading = ReadingOf(decoder, value);
    EXPECT_EQ(reading.text, kFirst);
    EXPECT_EQ(reading.value.encoding, encoding) << value;
    EXPECT_EQ(reading.names, CookieNames::kServer);
    EXPECT_TRUE(reading.known && reading.given);
    EXPECT_TRUE(reading.similar.empty() && reading.places.empty() && !reading.last_seen);
    EXPECT_EQ(reading.value.bytes, std::string_view(value).size());
  }
  EXPECT_THAT(Texts(decoder, "df5bd2f9c0180411"), IsEmpty());
  EXPECT_EQ(decoder.servers(), 1U);
  EXPECT_EQ(decoder.services(), 0U);
}

TEST(ValueDecoderTest, EachEncodingOfAChildIsRead) {
  ValueDecoder decoder;
  decoder.AddService("blue@file");
  for (const char* text : {"blue@file", "blue"}) {
    for (const CookieEncoding encoding : {CookieEncoding::kRawUrl, CookieEncoding::kFnv1,
                                          CookieEncoding::kFnv1Twice, CookieEncoding::kSha256}) {
      const CookieReading reading = ReadingOf(decoder, EncodeCookie(encoding, text));
      EXPECT_EQ(reading.text, text);
      EXPECT_EQ(reading.names, CookieNames::kChild);
      EXPECT_EQ(reading.value.encoding, encoding);
      EXPECT_FALSE(reading.is_router);
    }
  }
  EXPECT_THAT(Texts(decoder, EncodeCookie(CookieEncoding::kFnv1a, "blue")), IsEmpty());
  EXPECT_EQ(decoder.services(), 2U);
}

TEST(ValueDecoderTest, ServersWithoutASchemeGetEach) {
  ValueDecoder decoder;
  decoder.AddServer("10.0.0.1:80");
  EXPECT_EQ(decoder.servers(), 3U);
  for (const char* url : {kFirst, "https://10.0.0.1:80", "h2c://10.0.0.1:80"}) {
    EXPECT_EQ(ReadingOf(decoder, EncodeCookie(CookieEncoding::kSha256, url)).text, url);
  }
}

TEST(ValueDecoderTest, AUrlNeedsNoCandidates) {
  const ValueDecoder nothing;
  const CookieReading reading = ReadingOf(nothing, kFirst);
  EXPECT_EQ(reading.text, kFirst);
  EXPECT_FALSE(reading.known);
  EXPECT_FALSE(reading.value.other_url);
  EXPECT_THAT(Texts(nothing, "df5bd2f9c0180410"), IsEmpty());
  EXPECT_THAT(Texts(nothing, "blue"), IsEmpty());
}

TEST(ValueDecoderTest, AUrlIsAlsoKnownByWhatOldVersionsCompare) {
  ValueDecoder decoder;
  decoder.AddServer("http://a:80/x");
  const CookieReading reading = ReadingOf(decoder, "http://u@A:80/x?y");
  EXPECT_EQ(reading.text, "http://u@A:80/x?y");
  EXPECT_EQ(reading.similar, "http://a:80/x");
  EXPECT_TRUE(reading.known && reading.value.other_url);
  EXPECT_FALSE(ReadingOf(decoder, "http://a:80").known);
}

TEST(ValueDecoderTest, PercentSignsAreTakenOffWhereTheValueIsNotReadAsItIs) {
  ValueDecoder decoder;
  decoder.AddService("a%41");
  const DecodedCookie encoded = decoder.Decode({"", "http%3A%2F%2F10.0.0.1%3A80"});
  EXPECT_TRUE(encoded.percent_encoded);
  EXPECT_EQ(encoded.value, kFirst);
  EXPECT_EQ(encoded.pasted, "http%3A%2F%2F10.0.0.1%3A80");
  EXPECT_EQ(encoded.shape, ValueShape::kUrl);
  EXPECT_FALSE(decoder.Decode({"", "a%41"}).percent_encoded);
  EXPECT_EQ(ReadingOf(decoder, "a%41").text, "a%41");
  const DecodedCookie unknown = decoder.Decode({"", "b%41"});
  EXPECT_EQ(unknown.value, "b%41");
  EXPECT_FALSE(unknown.percent_encoded);
}

// One hash in 16 has a leading zero, which is cut.
TEST(ValueDecoderTest, CutAndPaddedZerosAreTold) {
  std::string url;
  std::string value(16, '0');
  for (int i = 0; value.size() != 15; ++i) {
    url = "http://s" + std::to_string(i);
    value = EncodeCookie(CookieEncoding::kFnv1a, url);
  }
  ValueDecoder decoder;
  decoder.AddServer(url);
  const CookieReading cut = ReadingOf(decoder, value);
  EXPECT_EQ(cut.value.bytes, 15U);
  EXPECT_FALSE(cut.value.padded);
  const CookieReading padded = ReadingOf(decoder, "0" + value);
  EXPECT_EQ(padded.text, url);
  EXPECT_TRUE(padded.value.padded);
  EXPECT_EQ(padded.value.bytes, 16U);
  EXPECT_THAT(Texts(decoder, "00" + value), IsEmpty()) << "longer than any hash";
  EXPECT_THAT(Texts(decoder, "0000000000000000"), IsEmpty());
}

TEST(ValueDecoderTest, OtherWaysToWriteAServerAreTried) {
  ValueDecoder decoder;
  decoder.AddServer("http://10.0.0.1");
  const CookieReading reading = ReadingOf(decoder, "df5bd2f9c0180410");
  EXPECT_EQ(reading.text, kFirst);
  EXPECT_EQ(reading.similar, "http://10.0.0.1");
  EXPECT_EQ(reading.value.encoding, CookieEncoding::kSha256);
  EXPECT_TRUE(reading.known);
}

TEST(ValueDecoderTest, PoolsSayHowAServerStands) {
  ValueDecoder decoder;
  decoder.AddConfig(Config(
      Balancer(
          "shop@file",
          Server("http://a:1") + "," + Server("http://b:1") + "," +
              Server("http://c:1", R"(, "fenced": true)") + "," +
              Server("http://d:1", R"(, "weight": 0)") + "," + Server("http://e:1"),
          R"("sticky": {"cookie": {"name": "lb"}})",
          R"(, "serverStatus": {"http://a:1": "UP", "http://b:1": "DOWN", "http://c:1": "UP"})") +
      "," + Balancer("p2c@file", Server("http://f:1", R"(, "weight": 0)"), R"("strategy": "p2c")") +
      "," +
      Balancer("hrw@file", Server("http://g:1"),
               R"("strategy": "hrw", "sticky": {"cookie": {}})")));
  const auto place = [&](const char* url) {
    const auto places = ReadingOf(decoder, url).places;
    EXPECT_EQ(places.size(), 1U) << url;
    return places.empty() ? CookiePlace{} : places[0];
  };
  const std::pair<const char*, PlaceState> states[] = {
      {"http://a:1", PlaceState::kUp},      {"http://b:1", PlaceState::kDown},
      {"http://c:1", PlaceState::kFenced},  {"http://d:1", PlaceState::kWeightZero},
      {"http://e:1", PlaceState::kPresent}, {"http://f:1", PlaceState::kPresent}};
  for (const auto& [url, state] : states) EXPECT_EQ(place(url).state, state) << url;
  EXPECT_EQ(place("http://a:1").service, "shop@file");
  EXPECT_EQ(place("http://a:1").cookie, "lb");
  EXPECT_EQ(place("http://a:1").time, kMorning);
  EXPECT_TRUE(place("http://a:1").reachable);
  EXPECT_FALSE(place("http://a:1").ignored);
  EXPECT_EQ(place("http://f:1").cookie, "");
  EXPECT_FALSE(place("http://f:1").reachable);
  EXPECT_TRUE(place("http://g:1").ignored);
  EXPECT_EQ(decoder.configs(), 1U);
  EXPECT_EQ(decoder.config_time(), kMorning);
  EXPECT_EQ(decoder.version(), "3.7.9");
}

TEST(ValueDecoderTest, ServersOfOlderConfigurationsAreGone) {
  const EventTime noon = kMorning + std::chrono::hours(3);
  ValueDecoder decoder;
  decoder.AddConfig(
      Config(Balancer("shop@file", Server("http://a:1") + "," + Server("http://b:80")) + "," +
             Balancer("old@file", Server("http://c:1"))));
  decoder.AddConfig(Config(
      Balancer("shop@file", Server("http://b:80/") + "," + Server("http://c:1")), noon, "{}"));
  const CookieReading gone = ReadingOf(decoder, "http://a:1");
  ASSERT_EQ(gone.places.size(), 1U);
  EXPECT_EQ(gone.places[0].state, PlaceState::kGone);
  EXPECT_EQ(gone.places[0].time, kMorning);
  EXPECT_EQ(gone.now_written, "");
  EXPECT_EQ(ReadingOf(decoder, EncodeCookie(CookieEncoding::kSha256, "http://b:80")).now_written,
            "http://b:80/");
  const CookieReading moved = ReadingOf(decoder, "http://c:1");
  ASSERT_EQ(moved.places.size(), 1U) << "where it was before does not count";
  EXPECT_EQ(moved.places[0].service, "shop@file");
  EXPECT_EQ(moved.places[0].state, PlaceState::kPresent);
  EXPECT_EQ(moved.places[0].time, noon);
  EXPECT_EQ(decoder.version(), "") << "of the last configuration";
}

TEST(ValueDecoderTest, ChildrenOfWeightedServicesHaveTheirPlaces) {
  ValueDecoder decoder;
  decoder.AddConfig(Config(
      R"("shop@file": {"weighted": {"services": [{"name": "blue"}, {"name": "green", "weight": 0},
         {"name": "red@docker"}], "sticky": {"cookie": {"name": "lvl1"}}}},
         "spare@file": {"failover": {"service": "blue", "fallback": "grey"}},)" +
      Balancer("blue@file", Server("http://a:1"), R"("sticky": {"cookie": {"name": "lvl2"}})",
               R"(, "serverStatus": {"http://a:1": "DOWN"})") +
      "," + Balancer("red@docker", Server("http://b:1"))));
  const auto place = [&](const char* name) {
    const CookieReading reading = ReadingOf(decoder, EncodeCookie(CookieEncoding::kSha256, name));
    EXPECT_EQ(reading.names, CookieNames::kChild);
    EXPECT_EQ(reading.places.size(), 1U) << name;
    return reading.places.empty() ? CookiePlace{} : reading.places[0];
  };
  EXPECT_EQ(place("blue").service, "shop@file");
  EXPECT_EQ(place("blue").cookie, "lvl1");
  EXPECT_EQ(place("blue").child, "blue@file");
  EXPECT_EQ(place("blue").state, PlaceState::kDown) << "all of its servers are";
  EXPECT_EQ(place("green").state, PlaceState::kWeightZero);
  EXPECT_EQ(place("green").child, "") << "there is no such service";
  EXPECT_EQ(place("red@docker").state, PlaceState::kPresent);
  EXPECT_THAT(Texts(decoder, EncodeCookie(CookieEncoding::kSha256, "grey")), IsEmpty())
      << "failover pins nobody";
}

TEST(ValueDecoderTest, PlacesWithTheCookiesNameComeFirst) {
  ValueDecoder decoder;
  const auto sticky = [](const char* name) {
    return fmt::format(R"("sticky": {{"cookie": {{"name": "{}"}}}})", name);
  };
  decoder.AddConfig(Config(Balancer("a@file", Server(kFirst), sticky("one")) + "," +
                           Balancer("b@file", Server(kFirst), sticky("two")) + "," +
                           Balancer("shop@file", Server(kFirst), sticky("three")) + "," +
                           Balancer("z@file", Server(kFirst), sticky("four"))));
  const auto services = [&](const char* name) {
    std::vector<std::string> found;
    for (const CookiePlace& place : ReadingOf(decoder, kFirst, name).places) {
      found.push_back(place.service + (place.same_name ? " same" : ""));
    }
    return found;
  };
  EXPECT_THAT(services("two"), ElementsAre("b@file same", "shop@file", "a@file", "z@file"));
  EXPECT_THAT(services("four"), ElementsAre("z@file same", "shop@file", "a@file", "b@file"));
  EXPECT_THAT(services(""), ElementsAre("shop@file", "a@file", "b@file", "z@file"))
      << "what routers lead to comes first";
}

TEST(ValueDecoderTest, ALogSaysWhenAServerWasLastChosen) {
  ValueDecoder decoder;
  decoder.AddSeenServer(kFirst, kMorning + std::chrono::seconds(5));
  decoder.AddSeenServer(kFirst, kMorning);
  decoder.AddSeenServer("http://u@10.0.0.1:80?q", kMorning + std::chrono::seconds(9));
  const CookieReading reading = ReadingOf(decoder, "df5bd2f9c0180410");
  EXPECT_EQ(reading.last_seen, kMorning + std::chrono::seconds(9));
  EXPECT_FALSE(reading.given);
  EXPECT_EQ(decoder.servers(), 1U) << "what clients add makes no other server";
  decoder.AddSeenService("blue@file", kMorning);
  decoder.AddSeenRouter("blue@file", kMorning + std::chrono::seconds(1));
  decoder.AddSeenRouter("red@file", kMorning);
  const auto child = [&](const char* name) {
    return ReadingOf(decoder, EncodeCookie(CookieEncoding::kFnv1, name));
  };
  EXPECT_EQ(child("blue").last_seen, kMorning + std::chrono::seconds(1));
  EXPECT_FALSE(child("blue").is_router);
  EXPECT_TRUE(child("red").is_router);
  decoder.AddService("red@file");
  EXPECT_FALSE(child("red").is_router);
}

TEST(ValueDecoderTest, NamesAreThoseOfTheirServices) {
  ValueDecoder decoder;
  decoder.AddConfig(
      Config(Balancer("shop@file", Server(kFirst)) + "," + Balancer("cart@file", Server(kFirst))));
  decoder.AddConfig(
      Config(Balancer("shop@file", Server(kFirst)) + "," +
             Balancer("whoami@docker", Server(kFirst), R"("sticky": {"cookie": {}})")));
  decoder.AddService("whoami@docker");
  decoder.AddService("given@docker");
  decoder.AddSeenRouter("seen@docker", kMorning);
  EXPECT_THAT(Owners(decoder, "lb"),
              ElementsAre("shop@file configured", "cart@file configured former"));
  EXPECT_THAT(Owners(decoder, "_633ff"), ElementsAre("whoami@docker default"));
  EXPECT_THAT(Owners(decoder, DefaultCookieName("shop@file")), ElementsAre("shop@file unused"));
  EXPECT_THAT(Owners(decoder, DefaultCookieName("given@docker")),
              ElementsAre("given@docker computed"));
  EXPECT_THAT(Owners(decoder, DefaultCookieName("seen@docker")),
              ElementsAre("seen@docker computed router"));
  EXPECT_THAT(Owners(decoder, "other"), IsEmpty());
  decoder.AddService("plain");
  EXPECT_THAT(Owners(decoder, DefaultCookieName("plain@docker")),
              ElementsAre("plain@docker computed"));
  EXPECT_THAT(Owners(decoder, DefaultCookieName("plain")), ElementsAre("plain computed")) << "v1.7";
  EXPECT_TRUE(decoder.Decode({"_12345", "x"}).default_name);
  EXPECT_FALSE(decoder.Decode({"lb", "x"}).default_name);
}

TEST(ValueDecoderTest, CookiesAreTraefiksByNameOrByValue) {
  ValueDecoder decoder;
  decoder.AddConfig(Config(Balancer("shop@file", Server(kFirst))));
  const auto side = [&](const char* name, const char* value) {
    return decoder.Decode({name, value}).side;
  };
  EXPECT_EQ(side("x", "df5bd2f9c0180410"), CookieSide::kTraefik);
  EXPECT_EQ(side("lb", "anything"), CookieSide::kTraefik);
  EXPECT_EQ(side("_12345", "anything"), CookieSide::kTraefik);
  EXPECT_EQ(side("_TRAEFIK_BACKEND", "anything"), CookieSide::kTraefik);
  EXPECT_EQ(side("", "http://10.9.9.9"), CookieSide::kTraefik);
  EXPECT_EQ(side("back", "http://10.9.9.9"), CookieSide::kMaybe) << "of an application, perhaps";
  EXPECT_EQ(side("x", "df5bd2f9c0180411"), CookieSide::kMaybe);
  EXPECT_EQ(side("x", "f5bd2f9c0180411"), CookieSide::kMaybe);
  EXPECT_EQ(side("x", "DF5BD2F9C0180411"), CookieSide::kMaybe);
  EXPECT_EQ(side("x", "10.0.0.1:80"), CookieSide::kMaybe);
  EXPECT_EQ(side("x", "abc"), CookieSide::kOther);
  EXPECT_EQ(side("x", "dark"), CookieSide::kOther);
}

TEST(ValueDecoderTest, WhatDoesNotFitIsCounted) {
  ValueDecoder decoder;
  decoder.AddServer("http://" + std::string(2000, 'x'));
  EXPECT_EQ(decoder.servers(), 0U);
  const std::string path(900, 'p');
  size_t added = 0;
  for (; decoder.left_out() == 0; ++added) {
    decoder.AddSeenServer(fmt::format("http://s{}/{}", added, path), kMorning);
  }
  EXPECT_EQ(decoder.servers(), added - 1);
  EXPECT_LE(added * path.size(), ValueDecoder::kMostBytes);
  EXPECT_EQ(ReadingOf(decoder, "http://s0/" + path).last_seen, kMorning) << "what was there stays";
}

TEST(ValueDecoderTest, TextsOfAThousandBytesFitUntilAllOfThemAreSixteenMegabytes) {
  const auto url = [](size_t i, size_t bytes) {
    std::string text = fmt::format("http://s{}/", i);
    return text + std::string(bytes - text.size(), 'p');
  };
  ValueDecoder decoder;
  decoder.AddServer(url(0, 1025));
  EXPECT_EQ(decoder.servers(), 0U);
  const size_t most = ValueDecoder::kMostBytes / 1024;
  for (size_t i = 0; i < most; ++i) decoder.AddServer(url(i, 1024));
  EXPECT_EQ(decoder.servers(), most);
  EXPECT_EQ(decoder.left_out(), 0U);
  decoder.AddServer("http://a");
  EXPECT_EQ(decoder.servers(), most);
  EXPECT_EQ(decoder.left_out(), 1U);
}

}  // namespace
}  // namespace stickyd
