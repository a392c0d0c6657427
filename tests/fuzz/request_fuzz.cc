// SPDX-License-Identifier: Apache-2.0
// request_fuzz: what comes over HTTP, and the small texts of options: line by line the target,
// Host, Origin, Sec-Fetch-Site, Accept, Accept-Encoding, an address to listen on, a network, a
// time.
#include <string>
#include <vector>

#include "../../src/expose/http/request_check.h"
#include "fuzz_input.h"
#include "stickyd/base/listen_address.h"
#include "stickyd/base/network.h"
#include "stickyd/base/site.h"
#include "stickyd/base/timestamp.h"
#include "stickyd/config/options.h"
#include "stickyd/expose/metrics/exposition.h"
#include "stickyd/source/log_name.h"

namespace stickyd {
namespace {

void CheckRequest(std::string_view input) {
  static const HostNames names({"monitor.example:9090", ":80"});
  const std::string_view line = TakePart(input);
  const Target target = Target::Of(line, TakePart(input));
  const std::string_view origin = TakePart(input);
  const std::string_view site = TakePart(input);
  const bool crosses = IsCrossSite(target.authority, origin, site);
  Must(!crosses || !origin.empty() || !site.empty(), "who says nothing is no page");
  Must(names.Has(target.authority) == names.Has(ToLower(target.authority)), "hosts have no case");
  Must(IsSameSite(HostOfUrl(origin), HostOfUrl(origin)), "a site is its own");
  static_cast<void>(FormatFor(TakePart(input)));
  static_cast<void>(TakesGzip(TakePart(input)));
}

void CheckAddress(const std::string& text) {
  const auto address = ListenAddress::Parse(text);
  if (!address) return;
  const auto again = ListenAddress::Parse(address->ToString());
  Must(again && again->host == address->host && again->port == address->port, "the same address");
}

void CheckNetwork(std::string_view text) {
  const auto network = Network::Parse(text);
  if (!network) return;
  Must(network->Contains(text.substr(0, text.find('/'))), "a network holds its address");
  Must(!AnyContains({*network}, "no address"), "and no text");
}

void CheckTime(std::string_view text) {
  const auto duration = ParseDuration(text);
  Must(!duration || ParseDuration(FormatDuration(*duration)) == duration, "the same duration");
  static_cast<void>(ParseTime(text, EventTime()));
  TimestampParser fresh;
  TimestampParser used;
  static_cast<void>(used.ParseRfc3339("2026-04-17T14:22:01Z"));
  static_cast<void>(used.ParseClf("17/Apr/2026:14:22:01 +0000"));
  Must(fresh.ParseRfc3339(text) == used.ParseRfc3339(text), "what was parsed before is no matter");
  Must(fresh.ParseClf(text) == used.ParseClf(text), "nor with CLF");
  Must(!fresh.ParseClf(text) || LooksLikeClfTime(text), "a time looks like one");
}

}  // namespace
}  // namespace stickyd

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace stickyd;
  std::string_view input = AsText(data, size);
  Within({50'000, 100}, size, [&] {
    std::string_view rest = input;
    for (int i = 0; i < 6; ++i) TakePart(rest);
    CheckRequest(input);
    CheckAddress(std::string(TakePart(rest)));
    CheckNetwork(TakePart(rest));
    CheckTime(TakePart(rest));
    const LogName name = ParseLogName(rest);
    Must(!IsOlderRotation(name.rotation, name.rotation), "no copy is older than itself");
  });
  return 0;
}
