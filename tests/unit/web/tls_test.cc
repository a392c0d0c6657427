// SPDX-License-Identifier: Apache-2.0
// tls_test: which servers the HTTP client trusts, whom it shows a certificate, and what its
// refusals are called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "stickyd/web/http_client.h"
#include "support/temp_dir.h"
#include "support/tls_front.h"
#include "support/web_server.h"

namespace stickyd {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

class TlsTest : public testing::Test {
 protected:
  std::string folder() const { return folder_.path(); }
  HttpOptions Trusting(const std::string& ca) const {
    HttpOptions options;
    options.ca_file = ca;
    return options;
  }
  // "fine", or the name of the fault.
  std::string Ask(const std::string& url, HttpOptions options) {
    HttpClient client(std::move(options));
    const auto answer = client.Ask({url, "GET", {}});
    message_ = answer ? "" : answer.error().message;
    return answer ? answer->body : Name(answer.error().fault);
  }
  std::string Put(const std::string& name, const std::string& text) const {
    const std::string path = folder() + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  const TempDir folder_;
  const Authority ours_{folder(), "ours"};
  const Authority others_{folder(), "others"};
  const CertificateFiles own_ = ours_.Issue("server");
  const WebServer server_{[](WebServer::Talk& talk) { talk.Answer(200, "fine"); }};
  std::string message_;
};

TEST_F(TlsTest, OnlyTheRightAuthorityIsTrusted) {
  const TlsFront front(server_.port(), {own_});
  EXPECT_EQ(Ask(front.url(), Trusting(ours_.file())), "fine") << message_;
  EXPECT_EQ(Ask(front.url(), Trusting(others_.file())), "tls");
  EXPECT_THAT(message_, HasSubstr(front.address() + ": "));
  EXPECT_THAT(message_, HasSubstr("certificate"));
  EXPECT_EQ(Ask(front.url(), {}), "tls") << "the system's authorities did not sign it";
}

TEST_F(TlsTest, WhoeverIsInsecureTakesAnyCertificate) {
  HttpOptions insecure;
  insecure.insecure = true;
  const struct {
    const char* what;
    CertificateFiles files;
  } rows[] = {
      {"another authority's", others_.Issue("strange")},
      {"expired", ours_.Issue("expired", {.begins_s = -7200, .ends_s = -3600})},
      {"not yet valid", ours_.Issue("early", {.begins_s = 3600, .ends_s = 7200})},
      {"of another host", ours_.Issue("elsewhere", {.names = "DNS:shop.example"})},
      {"of another address", ours_.Issue("address", {.names = "IP:127.0.0.2"})},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    const TlsFront front(server_.port(), {row.files});
    EXPECT_EQ(Ask(front.url(), Trusting(ours_.file())), "tls") << message_;
    EXPECT_EQ(Ask(front.url(), insecure), "fine") << message_;
  }
}

TEST_F(TlsTest, TheNameIsThatOfTheUrlWhereverItLeads) {
  const TlsFront front(server_.port(), {ours_.Issue("shop", {.names = "DNS:shop.example"})});
  HttpOptions options = Trusting(ours_.file());
  options.connect_to = front.address();
  EXPECT_EQ(Ask("https://shop.example/", options), "fine") << message_;
  EXPECT_EQ(Ask("https://other.example/", options), "tls");
}

TEST_F(TlsTest, AServerMayAskForACertificate) {
  const TlsFront front(server_.port(), {own_, ours_.file()});
  const CertificateFiles client = ours_.Issue("client");
  HttpOptions options = Trusting(ours_.file());
  EXPECT_EQ(Ask(front.url(), options), "tls") << message_;
  const CertificateFiles strange = others_.Issue("stranger");
  options.client_cert = strange.cert;
  options.client_key = strange.key;
  EXPECT_EQ(Ask(front.url(), options), "tls") << message_;
  EXPECT_EQ(front.handshakes(), 0);
  options.client_cert = client.cert;
  options.client_key = client.key;
  EXPECT_EQ(Ask(front.url(), options), "fine") << message_;
  // Both in one file.
  std::ifstream cert(client.cert);
  std::ifstream key(client.key);
  std::ofstream(folder() + "/both.pem") << cert.rdbuf() << key.rdbuf();
  options.client_cert = folder() + "/both.pem";
  options.client_key.clear();
  EXPECT_EQ(Ask(front.url(), options), "fine") << message_;
}

TEST_F(TlsTest, AFileThatIsOfNoUseIsAFaultOfItsOwn) {
  const TlsFront front(server_.port(), {own_});
  const CertificateFiles client = ours_.Issue("client");
  const struct {
    const char* what;
    std::string ca;
    std::string cert;
    std::string key;
  } rows[] = {
      {"no authorities", folder() + "/none", "", ""},
      {"authorities are no PEM", Put("words.pem", "words"), "", ""},
      {"no certificate", ours_.file(), folder() + "/none", client.key},
      {"certificate is no PEM", ours_.file(), Put("text.pem", "words"), client.key},
      {"no key", ours_.file(), client.cert, folder() + "/none"},
      {"key is no PEM", ours_.file(), client.cert, Put("text.key", "words")},
      {"no key in the certificate's file", ours_.file(), client.cert, ""},
      {"key of another certificate", ours_.file(), client.cert, ours_.Issue("other").key},
      {"key with a password, which nobody is asked for", ours_.file(), client.cert,
       ours_.Issue("locked", {.password = "secret"}).key},
  };
  for (const auto& row : rows) {
    SCOPED_TRACE(row.what);
    HttpOptions options = Trusting(row.ca);
    options.client_cert = row.cert;
    options.client_key = row.key;
    EXPECT_EQ(Ask(front.url(), options), "file") << message_;
  }
}

TEST_F(TlsTest, AHandshakeThatStallsEndsWithTheTime) {
  const WebServer silent([](WebServer::Talk& talk) { talk.AwaitClient(); });
  const std::string url = "https://" + silent.address() + "/";
  HttpOptions options;
  options.timeout = milliseconds(50);
  EXPECT_EQ(Ask(url, options), "timeout");
  options = {};
  options.connect_timeout = milliseconds(50);
  EXPECT_EQ(Ask(url, options), "timeout") << "a handshake is part of the connection";
}

TEST_F(TlsTest, AStopEndsAHandshake) {
  std::stop_source stop;
  const WebServer silent([&](WebServer::Talk& talk) {
    stop.request_stop();
    talk.AwaitClient();
  });
  HttpClient client({});
  const auto answer =
      client.Ask({"https://" + silent.address() + "/", "GET", {}}, stop.get_token());
  ASSERT_FALSE(answer.has_value());
  EXPECT_EQ(answer.error().fault, HttpFault::kStopped);
}

TEST_F(TlsTest, OneSideWithoutTlsIsNamed) {
  const TlsFront front(server_.port(), {own_});
  EXPECT_EQ(Ask("http://" + front.address() + "/", {}), "broken");
  EXPECT_EQ(Ask("https://" + server_.address() + "/", {}), "tls");
}

// A signal would end the program here.
TEST_F(TlsTest, AConnectionThatIsClosedAtOnceIsBroken) {
  const TlsFront front(server_.port(), {own_, "", TlsFront::After::kClose});
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(Ask(front.url(), Trusting(ours_.file())), "broken") << message_;
  }
}

}  // namespace
}  // namespace stickyd
