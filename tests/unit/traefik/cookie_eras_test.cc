// SPDX-License-Identifier: Apache-2.0
// cookie_eras_test: what each version of Traefik does with each encoding, of servers and children.
#include "stickyd/traefik/cookie_eras.h"

#include <gtest/gtest.h>

#include <string>

namespace stickyd {
namespace {

using E = CookieEncoding;
constexpr auto kServer = CookieNames::kServer;
constexpr auto kChild = CookieNames::kChild;

// A letter for each era: k(ept), r(ewritten), - (refused).
std::string Fates(CookieNames names, const CookieText& text) {
  std::string fates;
  for (const CookieEra& era : CookieEras(names)) {
    const CookieFate fate = FateOf(names, era, text);
    fates += fate == CookieFate::kKept ? 'k' : fate == CookieFate::kRewritten ? 'r' : '-';
  }
  return fates;
}
std::string Fates(CookieNames names, E encoding, size_t bytes = 16) {
  CookieText text;
  text.encoding = encoding;
  text.bytes = bytes;
  return Fates(names, text);
}

TEST(CookieErasTest, EachEncodingOfAServerHasItsFates) {
  EXPECT_EQ(Fates(kServer, E::kRawUrl, 18), "kk-r");
  EXPECT_EQ(Fates(kServer, E::kFnv1a), "-kk-");
  EXPECT_EQ(Fates(kServer, E::kFnv1a, 15), "-k--") << "v3.0 looks for all 16 digits";
  EXPECT_EQ(Fates(kServer, E::kFnv1OfFnv1a), "--k-");
  EXPECT_EQ(Fates(kServer, E::kSha256), "---k");
  EXPECT_EQ(Fates(kServer, E::kFnv1), "---r");
  EXPECT_EQ(Fates(kServer, E::kFnv1Twice), "---r");
}

TEST(CookieErasTest, EachEncodingOfAChildHasItsFates) {
  EXPECT_EQ(Fates(kChild, E::kRawUrl, 5), "kkr");
  EXPECT_EQ(Fates(kChild, E::kFnv1), "-kr");
  EXPECT_EQ(Fates(kChild, E::kFnv1Twice), "--r");
  EXPECT_EQ(Fates(kChild, E::kSha256), "--k");
  EXPECT_EQ(Fates(kChild, E::kFnv1a), "---") << "of servers only";
}

TEST(CookieErasTest, OddValuesAreTakenByFewerVersions) {
  CookieText padded;
  padded.bytes = 16;
  padded.padded = true;
  padded.encoding = E::kFnv1a;
  EXPECT_EQ(Fates(kServer, padded), "--k-") << "it looks for the hash with its zeros";
  padded.encoding = E::kFnv1OfFnv1a;
  EXPECT_EQ(Fates(kServer, padded), "----");
  padded.encoding = E::kFnv1;
  EXPECT_EQ(Fates(kChild, padded), "---");
  CookieText url;
  url.bytes = 20;
  url.other_url = true;
  EXPECT_EQ(Fates(kServer, url), "kk--") << "v3.3.4 compares the whole text";
  CookieText hopeless;
  hopeless.bytes = 16;
  hopeless.encoding = E::kFnv1a;
  hopeless.hopeless = true;
  EXPECT_EQ(Fates(kServer, hopeless), "--k-") << "v2.5 never finds the server that it named";
}

TEST(CookieErasTest, VersionsAreOfTheirEra) {
  const struct {
    const char* version;
    const char* of_servers;
    const char* of_children;
  } rows[] = {{"1.7.34", "v1.7 to v2.4", ""},
              {"v2.4.14", "v1.7 to v2.4", "v2.0 to v2.10"},
              {"2.5.0", "v2.5 to v2.11", "v2.0 to v2.10"},
              {"2.10.7", "v2.5 to v2.11", "v2.0 to v2.10"},
              {"2.11.0", "v2.5 to v2.11", "v2.11 to v3.3.3"},
              {"2.11.53", "v2.5 to v2.11", "v2.11 to v3.3.3"},
              {"3.0.0", "v3.0 to v3.3.3", "v2.11 to v3.3.3"},
              {"3.3.3", "v3.0 to v3.3.3", "v2.11 to v3.3.3"},
              {"3.3.4", "v3.3.4 and later", "v3.3.4 and later"},
              {"3.7.9", "v3.3.4 and later", "v3.3.4 and later"},
              {"dev", "", ""},
              {"", "", ""}};
  for (const auto& row : rows) {
    SCOPED_TRACE(row.version);
    const auto era = [&](CookieNames names) -> std::string_view {
      const CookieEra* found = EraOfVersion(names, row.version);
      return found == nullptr ? "" : found->versions;
    };
    EXPECT_EQ(era(kServer), row.of_servers);
    EXPECT_EQ(era(kChild), row.of_children);
  }
}

TEST(CookieErasTest, EachErasWriterIsFoundAndTheOthersAreNot) {
  for (const CookieNames names : {kServer, kChild}) {
    for (const CookieEra& era : CookieEras(names)) {
      EXPECT_EQ(EraThatWrites(names, era.writes), &era);
    }
  }
  EXPECT_EQ(EraThatWrites(kServer, E::kFnv1), nullptr);
  EXPECT_EQ(EraThatWrites(kServer, E::kFnv1Twice), nullptr);
  EXPECT_EQ(EraThatWrites(kChild, E::kFnv1a), nullptr);
}

// The servers' eras are those that causes and records are judged by.
TEST(CookieErasTest, ErasOfServersAreThoseOfTheModel) {
  for (const CookieEra& era : CookieEras(kServer)) EXPECT_EQ(era.versions, WrittenBy(era.writes));
}

TEST(CookieErasTest, NamesAreThoseOfJson) {
  EXPECT_EQ(Name(kServer), "server");
  EXPECT_EQ(Name(kChild), "service");
  EXPECT_EQ(Name(CookieFate::kKept), "kept");
  EXPECT_EQ(Name(CookieFate::kRewritten), "rewritten");
  EXPECT_EQ(Name(CookieFate::kRefused), "refused");
}

}  // namespace
}  // namespace stickyd
