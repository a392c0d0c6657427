// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "decode_report.h"

namespace stickyd {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kDecodeVersion = 1;

Json TextOrNull(const std::string& text) { return text.empty() ? Json() : Json(text); }

Json PlaceJson(const CookiePlace& place) {
  return {{"service", place.service},          {"state", Name(place.state)},
          {"time", FormatRfc3339(place.time)}, {"cookie", TextOrNull(place.cookie)},
          {"cookie_ignored", place.ignored},   {"reachable", place.reachable},
          {"same_name", place.same_name}};
}

Json ReadingJson(const DecodedCookie& cookie, const CookieReading& reading,
                 const DecodeReport& report) {
  const CookieEra* writer = EraThatWrites(reading.names, reading.value.encoding);
  const CookieEra* today = EraOfVersion(reading.names, report.decoder->version());
  const auto fate = [&](const CookieEra& era) {
    return Name(FateOf(reading.names, era, reading.value));
  };
  Json json;
  json["kind"] = Name(reading.names);
  json["text"] = reading.text;
  json["encoding"] = Name(reading.value.encoding);
  json["written_by"] = writer == nullptr || reading.value.padded ? Json() : Json(writer->versions);
  json["versions"] = Json::array();
  for (const CookieEra& era : CookieEras(reading.names)) {
    json["versions"].push_back({{"versions", era.versions}, {"fate", fate(era)}});
  }
  json["fate_today"] = today == nullptr ? Json() : Json(fate(*today));
  json["known"] = reading.known;
  json["given"] = reading.given;
  json["router_name"] = reading.is_router;
  json["similar"] = TextOrNull(reading.similar);
  json["now_written"] = TextOrNull(reading.now_written);
  json["last_seen"] = reading.last_seen ? Json(FormatRfc3339(*reading.last_seen)) : Json();
  json["places"] = Json::array();
  for (const CookiePlace& place : reading.places) json["places"].push_back(PlaceJson(place));
  json["notes"] = Notes(cookie, reading);
  return json;
}

Json OwnerJson(const CookieOwner& owner) {
  return {{"service", owner.service},
          {"owning", Name(owner.owning)},
          {"router_name", owner.is_router},
          {"former", owner.former}};
}

std::string_view SideName(CookieSide side) {
  constexpr std::string_view kNames[] = {"yes", "maybe", "no"};
  return kNames[static_cast<size_t>(side)];
}

Json CookieJson(const DecodedCookie& cookie, size_t text, const DecodeReport& report) {
  const bool unknown = cookie.readings.empty();
  Json json;
  json["input"] = text + 1;
  json["name"] = TextOrNull(cookie.name);
  // What is not Traefik's may be an application's secret.
  const bool aside = cookie.side == CookieSide::kOther && !cookie.name.empty();
  json["pasted"] = aside ? Json() : Json(cookie.pasted);
  json["value"] = aside ? Json() : Json(cookie.value);
  json["known"] = !unknown;
  json["traefik"] = SideName(cookie.side);
  json["shape"] = Name(cookie.shape);
  json["percent_encoded"] = cookie.percent_encoded;
  json["readings"] = Json::array();
  for (const CookieReading& reading : cookie.readings) {
    json["readings"].push_back(ReadingJson(cookie, reading, report));
  }
  json["default_name"] = cookie.default_name;
  json["owners"] = Json::array();
  for (const CookieOwner& owner : cookie.owners) json["owners"].push_back(OwnerJson(owner));
  json["why_unknown"] = unknown ? Json(WhyUnknown(cookie, report)) : Json();
  json["would_tell"] = unknown ? Json(WhatWouldTell(cookie, report)) : Json::array();
  return json;
}

}  // namespace

std::string DecodeJson(const DecodeReport& report) {
  const ValueDecoder& decoder = *report.decoder;
  Json json;
  json["decode_version"] = kDecodeVersion;
  json["known"] = report.known();
  json["cookies"] = Json::array();
  json["notes"] = Json::array();
  for (size_t i = 0; i < report.texts.size(); ++i) {
    for (const std::string& note : LineNotes(report.texts[i])) json["notes"].push_back(note);
    for (const DecodedCookie& cookie : report.texts[i].cookies) {
      json["cookies"].push_back(CookieJson(cookie, i, report));
    }
  }
  json["candidates"] = {
      {"servers", decoder.servers()},
      {"services", decoder.services()},
      {"left_out", decoder.left_out()},
      {"configurations", decoder.configs()},
      {"configuration_time",
       decoder.configs() == 0 ? Json() : Json(FormatRfc3339(decoder.config_time()))},
      {"traefik", TextOrNull(decoder.version())},
      {"log", report.log_read}};
  json["problems"] = report.problems;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace stickyd
