// SPDX-License-Identifier: Apache-2.0
// set_cookie_fuzz: a site's Set-Cookie headers, one a line, below the URL that they come from. What
// is sent there afterwards was stored, each refusal has a reason, and the jar stays small.
#include "fuzz_input.h"
#include "stickyd/base/text.h"
#include "stickyd/probe/cookie_jar.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  std::string_view input = AsText(data, size);
  std::string_view url = TakePart(input);
  CookieScene scene;
  scene.secure = url.starts_with("https://");
  url.remove_prefix(std::min(url.size(), url.find("://") == npos ? 0 : url.find("://") + 3));
  const size_t slash = url.find('/');
  scene.host = url.substr(0, slash);
  scene.path = slash == npos ? "/" : url.substr(slash);
  const CookieTime now{std::chrono::seconds(1'780'000'000)};
  CookieJar jar;
  while (!input.empty()) {
    const std::string_view header = TakePart(input);
    Within({2000, 100}, header.size(), [&] { ParseSetCookie(header); });
    const CookieDecision decision = jar.Take(header, scene, now);
    const bool turned_away =
        decision.act == CookieAct::kRefused || decision.act == CookieAct::kRemoved;
    Must(turned_away == (decision.reason != CookieReason::kNone), "a refusal has a reason");
    Must(turned_away == !decision.why.empty(), "a refusal has a sentence");
  }
  Must(jar.cookies().size() <= CookieJar::kMost, "the jar is bounded");
  for (const StoredCookie& cookie : jar.cookies()) {
    Must(!cookie.set.secure || scene.secure, "http sets no Secure cookie");
    Must(!cookie.expires || *cookie.expires > now, "what is stored lives");
    Must(cookie.path.starts_with('/'), "a path begins with a slash");
  }
  const CookieJar::Selection selection = jar.Select(scene, now);
  Must(selection.decisions.size() == jar.cookies().size(), "every cookie is decided on");
  Must(selection.header.find_first_of("\r\n") == npos, "no cookie ends its header");
  scene.secure = false;
  for (const CookieDecision& decision : jar.Select(scene, now).decisions) {
    Must(decision.act == CookieAct::kSent || !decision.why.empty(), "a cookie kept back has one");
  }
  return 0;
}
