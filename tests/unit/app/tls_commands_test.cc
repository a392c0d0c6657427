// SPDX-License-Identifier: Apache-2.0
// tls_commands_test: commands that ask a site, or Traefik's API, over TLS: the options for it, and
// what they say where it fails.
#include <gmock/gmock.h>

#include "running.h"
#include "support/fake_api.h"
#include "support/site_server.h"
#include "support/tls_front.h"

namespace stickyd {
namespace {

using testing::HasSubstr;
using testing::Not;

// The site as it is asked over TLS.
FakeSite Secure(const FakeSite& site) {
  return [site](FakeRequest request) {
    request.secure = true;
    return site(request);
  };
}

class TlsCommandsTest : public Running {
 protected:
  const Authority ours_{folder_.path(), "ours"};
  const CertificateFiles own_ = ours_.Issue("server");
};

TEST_F(TlsCommandsTest, ASecureCookieIsKeptAndSentBackOverHttps) {
  SiteServer site(Secure(FakePool(FakeCookie{.name = "__Host-lb", .secure = true})));
  const TlsFront front(site.port(), {own_});
  EXPECT_EQ(Run("probe", {front.url(), "--ca", ours_.file(), "--cookie", "__Host-lb"}), kExitFine)
      << out_ << err_;
  EXPECT_THAT(out_, HasSubstr("pass  cookie_honoured"));
  EXPECT_EQ(Run("probe", {front.url(), "--insecure", "--cookie", "__Host-lb"}), kExitFine) << out_;
  // The same cookie over plain HTTP is refused.
  EXPECT_EQ(Run("probe", {site.url(), "--cookie", "__Host-lb"}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("broken (insecure_request)"));
}

TEST_F(TlsCommandsTest, ASiteThatIsNotTrustedIsNamed) {
  SiteServer site(FakePool(FakeCookie{}));
  const TlsFront front(site.port(), {own_});
  EXPECT_EQ(Run("probe", {front.url()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("unsure"));
  EXPECT_THAT(out_, HasSubstr("certificate"));
  EXPECT_THAT(out_, HasSubstr("(tls)"));
  EXPECT_THAT(out_, HasSubstr("--ca FILE"));
  const TlsFront expired(site.port(), {ours_.Issue("old", {.begins_s = -7200, .ends_s = -3600})});
  EXPECT_EQ(Run("probe", {expired.url(), "--ca", ours_.file()}), kExitFound);
  EXPECT_THAT(out_, HasSubstr("expired"));
}

TEST_F(TlsCommandsTest, AnEdgeOverTlsIsComparedWithTraefikItself) {
  auto pool = FakePool(FakeCookie{.name = "lb"});
  SiteServer traefik(pool);
  SiteServer edge([&](const FakeRequest& request) {
    FakeAnswer answer = pool(request);
    answer.headers.clear();
    return answer;
  });
  const TlsFront front(edge.port(), {own_});
  EXPECT_EQ(
      Run("probe", {front.url(), "--ca", ours_.file(), "--direct", "http://" + traefik.address()}),
      kExitFound);
  EXPECT_THAT(out_, HasSubstr("broken (cookie_replaced_upstream)"));
}

TEST_F(TlsCommandsTest, TheApiIsAskedWithTheCertificatesOfTheOptions) {
  FakeApi api;
  api.PutConfig({"http://10.0.0.1:80", "http://10.0.0.2:80"});
  const CertificateFiles client = ours_.Issue("client");
  const TlsFront front(api.port(), {own_, ours_.file()});
  const auto audit = [&](Arguments more) {
    more.insert(more.begin(), {"--traefik.url", front.url("")});
    return Run("audit", std::move(more));
  };
  EXPECT_EQ(audit({"--traefik.ca", ours_.file(), "--traefik.cert", client.cert, "--traefik.key",
                   client.key}),
            kExitFine)
      << err_;
  EXPECT_THAT(out_, HasSubstr("A1"));
  EXPECT_EQ(
      audit({"--traefik.insecure", "--traefik.cert", client.cert, "--traefik.key", client.key}),
      kExitFine)
      << err_;
  EXPECT_NE(audit({"--traefik.ca", ours_.file()}), kExitFine);
  EXPECT_THAT(err_, HasSubstr(front.address()));
  EXPECT_NE(audit({"--traefik.cert", client.cert, "--traefik.key", client.key}), kExitFine);
  EXPECT_THAT(err_, HasSubstr("certificate"));
  EXPECT_THAT(err_, Not(HasSubstr("PRIVATE KEY")));
}

}  // namespace
}  // namespace stickyd
