// SPDX-License-Identifier: Apache-2.0
#include "stickyd/traefik/value_decoder.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

#include "stickyd/base/text.h"
#include "stickyd/traefik/cookie_codec.h"

namespace stickyd {
namespace {

constexpr CookieEncoding kServerHashes[] = {CookieEncoding::kFnv1a, CookieEncoding::kFnv1OfFnv1a,
                                            CookieEncoding::kSha256, CookieEncoding::kFnv1,
                                            CookieEncoding::kFnv1Twice};
constexpr CookieEncoding kChildHashes[] = {CookieEncoding::kSha256, CookieEncoding::kFnv1,
                                           CookieEncoding::kFnv1Twice};

std::span<const CookieEncoding> HashesOf(CookieNames names) {
  if (names == CookieNames::kServer) return kServerHashes;
  return kChildHashes;
}

// Of whom a service may be, where the operator does not say.
constexpr std::string_view kProviders[] = {
    "docker",        "swarm", "file", "kubernetes", "kubernetescrd", "kubernetesingressnginx",
    "consulcatalog", "nomad", "ecs",  "consul",     "etcd",          "redis",
    "zookeeper",     "http",  "rest"};

bool HasQueryOrUser(std::string_view url) { return url.find_first_of("?#@") != npos; }

PlaceState StateOf(const PoolServer& server, const ServiceConfig& service) {
  if (server.weight <= 0 && service.strategy != "p2c") return PlaceState::kWeightZero;
  if (server.status == ServerStatus::kDown) return PlaceState::kDown;
  if (server.fenced) return PlaceState::kFenced;
  return server.status == ServerStatus::kUp ? PlaceState::kUp : PlaceState::kPresent;
}

PlaceState StateOf(const ChildService& child, const TraefikConfig& config) {
  if (child.weight <= 0) return PlaceState::kWeightZero;
  const ServiceConfig* service = config.FindService(child.name);
  const auto is_down = [](const PoolServer& server) {
    return server.status == ServerStatus::kDown;
  };
  const bool down = service != nullptr && !service->servers.empty() &&
                    std::all_of(service->servers.begin(), service->servers.end(), is_down);
  return down ? PlaceState::kDown : PlaceState::kPresent;
}

CookiePlace PlaceIn(const ServiceConfig& service, const TraefikConfig& config) {
  CookiePlace place;
  place.service = service.name;
  place.time = config.time;
  if (service.cookie) place.cookie = service.cookie->name;
  place.ignored = service.strategy == "hrw";
  place.reachable = config.reachable.contains(service.name);
  return place;
}

CookieSide SideOf(const DecodedCookie& cookie) {
  const bool known = std::any_of(cookie.readings.begin(), cookie.readings.end(),
                                 [](const CookieReading& reading) { return reading.known; });
  if (known || cookie.default_name || !cookie.owners.empty()) return CookieSide::kTraefik;
  if (cookie.name == "_TRAEFIK_BACKEND") return CookieSide::kTraefik;
  // A URL under another name may be where an application sends people back to.
  if (!cookie.readings.empty())
    return cookie.name.empty() ? CookieSide::kTraefik : CookieSide::kMaybe;
  switch (cookie.shape) {
    case ValueShape::kUrl:
    case ValueShape::kHash:
    case ValueShape::kShortHash:
    case ValueShape::kCapitalHex:
    case ValueShape::kAddress:
      return CookieSide::kMaybe;
    default:
      return CookieSide::kOther;
  }
}

}  // namespace

std::string_view Name(PlaceState state) {
  constexpr std::string_view kNames[] = {"up", "present", "down", "fenced", "weight_zero", "gone"};
  return kNames[static_cast<size_t>(state)];
}
std::string_view Name(Owning owning) {
  constexpr std::string_view kNames[] = {"configured", "default", "unused", "computed"};
  return kNames[static_cast<size_t>(owning)];
}
ValueDecoder::Known* ValueDecoder::Add(CookieNames names, std::string_view text) {
  auto& texts = names == CookieNames::kServer ? server_texts_ : service_texts_;
  if (const auto at = texts.find(text); at != texts.end()) return &known_[at->second];
  if (text.empty() || text.size() > kLongestName) return nullptr;
  if (known_.size() >= kMostTexts || bytes_ + text.size() > kMostBytes) {
    ++left_out_;
    return nullptr;
  }
  bytes_ += text.size();
  const auto index = static_cast<uint32_t>(known_.size());
  texts.emplace(text, index);
  for (const CookieEncoding encoding : HashesOf(names)) {
    values_.emplace(EncodeCookie(encoding, text), Match{index, encoding});
  }
  if (names == CookieNames::kServer) {
    ++servers_;
    server_keys_.try_emplace(NormalizeServerUrl(text), index);
  }
  Known& known = known_.emplace_back();
  known.text = text;
  known.names = names;
  return &known;
}

void ValueDecoder::AddPlace(Known* known, CookiePlace place) const {
  if (known == nullptr) return;
  if (known->config != configs_) known->places.clear();
  known->config = configs_;
  known->is_service = true;
  if (known->places.size() < kMostPlaces) known->places.push_back(std::move(place));
}

void ValueDecoder::AddServersOf(const TraefikConfig& config, const ServiceConfig& service) {
  for (const PoolServer& server : service.servers) {
    CookiePlace place = PlaceIn(service, config);
    place.state = StateOf(server, service);
    AddPlace(Add(CookieNames::kServer, server.url), std::move(place));
  }
}

void ValueDecoder::AddChildrenOf(const TraefikConfig& config, const ServiceConfig& service) {
  if (service.kind != ServiceKind::kWeighted) return;
  for (const ChildService& child : service.children) {
    CookiePlace place = PlaceIn(service, config);
    place.state = StateOf(child, config);
    const ServiceConfig* below = config.FindService(child.name);
    if (below != nullptr && below->kind == ServiceKind::kLoadBalancer) place.child = below->name;
    AddPlace(Add(CookieNames::kChild, child.written), std::move(place));
  }
}

void ValueDecoder::AddOwner(std::string_view name, const CookieOwner& owner, size_t config) {
  if (owners_.size() >= kMostTexts && !owners_.contains(name)) {
    ++left_out_;
    return;
  }
  std::vector<Owner>& owners = owners_[std::string(name)];
  const auto at = std::find_if(owners.begin(), owners.end(), [&](const Owner& known) {
    return known.owner.service == owner.service;
  });
  if (at != owners.end()) {
    // What a configuration says is worth more than what the log lets one compute.
    if (config >= at->config) *at = {owner, config};
  } else if (owners.size() < kMostOwners) {
    owners.push_back({owner, config});
  }
}

void ValueDecoder::AddConfig(const TraefikConfig& config) {
  ++configs_;
  config_time_ = config.time;
  version_ = config.version;
  for (const auto& [name, service] : config.services) {
    AddServersOf(config, service);
    AddChildrenOf(config, service);
    const std::string computed = DefaultCookieName(name);
    const std::string& used = service.cookie ? service.cookie->name : "";
    if (used != computed) AddOwner(computed, {name, Owning::kUnused}, configs_);
    if (!used.empty()) {
      AddOwner(used, {name, used == computed ? Owning::kDefault : Owning::kConfigured}, configs_);
    }
  }
}

template <class Visit>
void ValueDecoder::AddName(std::string_view service, bool is_router, Visit visit) {
  // Each line of a log names its service: what was added is not computed anew.
  const auto at = service_texts_.find(service);
  if (at == service_texts_.end() || (!is_router && !known_[at->second].is_service)) {
    AddOwner(DefaultCookieName(service), {std::string(service), Owning::kComputed, is_router}, 0);
  }
  for (const std::string_view written : {service, service.substr(0, service.rfind('@'))}) {
    Known* known = Add(CookieNames::kChild, written);
    if (known == nullptr) continue;
    known->is_service |= !is_router;
    visit(*known);
  }
}

void ValueDecoder::AddSeenServer(std::string_view url, EventTime time) {
  // What a client of v1.7 to v2.4 adds to the URL is logged.
  const std::string own = HasQueryOrUser(url) ? NormalizeServerUrl(url) : std::string(url);
  if (Known* known = Add(CookieNames::kServer, own)) {
    known->last_seen = std::max(known->last_seen.value_or(time), time);
  }
}

void ValueDecoder::AddSeenService(std::string_view name, EventTime time) {
  AddName(name, false,
          [&](Known& known) { known.last_seen = std::max(known.last_seen.value_or(time), time); });
}

void ValueDecoder::AddSeenRouter(std::string_view name, EventTime time) {
  AddName(name, true,
          [&](Known& known) { known.last_seen = std::max(known.last_seen.value_or(time), time); });
}

void ValueDecoder::AddServer(std::string_view url) {
  if (url.find("://") == npos) {
    for (const std::string& spelling : SpellingsOf(fmt::format("http://{}", url))) {
      if (spelling.ends_with(url)) AddServer(spelling);
    }
  } else if (Known* known = Add(CookieNames::kServer, url)) {
    known->given = true;
  }
}

void ValueDecoder::AddService(std::string_view name) {
  AddName(name, false, [](Known& known) { known.given = true; });
  if (name.find('@') != npos) return;
  for (const std::string_view provider : kProviders) {
    const std::string full = fmt::format("{}@{}", name, provider);
    AddOwner(DefaultCookieName(full), {full, Owning::kComputed}, 0);
  }
}

CookieReading ValueDecoder::ReadingOf(const Known& known, CookieText text) const {
  CookieReading reading;
  reading.names = known.names;
  reading.text = known.text;
  reading.value = text;
  reading.value.hopeless = known.names == CookieNames::kServer && HasQueryOrUser(known.text);
  reading.known = true;
  reading.given = known.given;
  reading.is_router = known.names == CookieNames::kChild && !known.is_service;
  reading.last_seen = known.last_seen;
  reading.places = known.places;
  if (known.config == configs_) return reading;
  for (CookiePlace& place : reading.places) place.state = PlaceState::kGone;
  if (known.names != CookieNames::kServer) return reading;
  for (const std::string& spelling : SpellingsOf(known.text)) {
    const auto other = server_texts_.find(spelling);
    if (other != server_texts_.end() && known_[other->second].config == configs_) {
      reading.now_written = spelling;
    }
  }
  return reading;
}

// What is written as it is.
void ValueDecoder::FindTexts(std::string_view value, std::vector<CookieReading>& readings) const {
  CookieText text;
  text.bytes = value.size();
  if (const auto at = server_texts_.find(value); at != server_texts_.end()) {
    readings.push_back(ReadingOf(known_[at->second], text));
  } else if (ShapeOf(value) == ValueShape::kUrl) {
    CookieReading reading;
    const auto same = server_keys_.find(NormalizeServerUrl(value));
    text.other_url = same != server_keys_.end();
    if (text.other_url) reading = ReadingOf(known_[same->second], text);
    reading.value = text;
    reading.similar = std::exchange(reading.text, std::string(value));
    readings.push_back(std::move(reading));
  }
  if (const auto at = service_texts_.find(value); at != service_texts_.end()) {
    readings.push_back(ReadingOf(known_[at->second], text));
  }
}

void ValueDecoder::FindHashes(std::string_view value, bool padded,
                              std::vector<CookieReading>& readings) const {
  const auto [begin, end] = values_.equal_range(std::string(value));
  for (auto at = begin; at != end && readings.size() < kMostReadings; ++at) {
    CookieText text;
    text.encoding = at->second.encoding;
    text.bytes = padded ? kHashBytes : value.size();
    text.padded = padded;
    readings.push_back(ReadingOf(known_[at->second.known], text));
  }
}

std::optional<CookieReading> ValueDecoder::Variant(std::string_view value) const {
  size_t looked_at = 0;
  for (const Known& known : known_) {
    if (known.names != CookieNames::kServer || ++looked_at > kMostVariants) continue;
    std::optional<CookieReading> found;
    for (const std::string& spelling : SpellingsOf(known.text)) {
      for (const CookieEncoding encoding : kServerHashes) {
        if (found || EncodeCookie(encoding, spelling) != value) continue;
        CookieText text;
        text.encoding = encoding;
        text.bytes = value.size();
        found = ReadingOf(known, text);
        found->similar = std::exchange(found->text, spelling);
      }
    }
    if (found) return found;
  }
  return std::nullopt;
}

std::vector<CookieReading> ValueDecoder::Readings(std::string_view value) const {
  std::vector<CookieReading> readings;
  FindTexts(value, readings);
  if (value.size() > kHashBytes) return readings;
  FindHashes(value, false, readings);
  const size_t zeros = std::min(value.find_first_not_of('0'), value.size());
  if (readings.empty() && value.size() == kHashBytes && zeros > 0 && zeros < value.size()) {
    FindHashes(value.substr(zeros), true, readings);
  }
  const ValueShape shape = ShapeOf(value);
  if (readings.empty() && (shape == ValueShape::kHash || shape == ValueShape::kShortHash)) {
    if (auto variant = Variant(value)) readings.push_back(std::move(*variant));
  }
  return readings;
}

void ValueDecoder::FindOwners(DecodedCookie& cookie) const {
  const auto at = owners_.find(cookie.name);
  if (cookie.name.empty() || at == owners_.end()) return;
  for (const Owner& known : at->second) {
    cookie.owners.push_back(known.owner);
    cookie.owners.back().former = known.config != 0 && known.config != configs_;
  }
  std::sort(cookie.owners.begin(), cookie.owners.end(),
            [](const CookieOwner& a, const CookieOwner& b) {
              return std::tuple(a.former, a.owning, a.service) <
                     std::tuple(b.former, b.owning, b.service);
            });
}

DecodedCookie ValueDecoder::Decode(const PastedCookie& pasted) const {
  DecodedCookie cookie;
  cookie.name = pasted.name;
  cookie.pasted = pasted.value;
  cookie.value = pasted.value;
  cookie.readings = Readings(pasted.value);
  if (cookie.readings.empty()) {
    if (const auto plain = PercentDecoded(pasted.value)) {
      cookie.readings = Readings(*plain);
      cookie.percent_encoded = !cookie.readings.empty();
      if (cookie.percent_encoded) cookie.value = *plain;
    }
  }
  cookie.shape = ShapeOf(cookie.value);
  cookie.default_name = IsDefaultCookieName(cookie.name);
  FindOwners(cookie);
  for (CookieReading& reading : cookie.readings) {
    for (CookiePlace& place : reading.places) {
      place.same_name = !cookie.name.empty() && place.cookie == cookie.name;
    }
    std::sort(reading.places.begin(), reading.places.end(),
              [](const CookiePlace& a, const CookiePlace& b) {
                return std::tuple(!a.same_name, !a.reachable, a.service) <
                       std::tuple(!b.same_name, !b.reachable, b.service);
              });
  }
  std::sort(cookie.readings.begin(), cookie.readings.end(),
            [](const CookieReading& a, const CookieReading& b) {
              return std::tuple(!a.known, a.is_router, a.text) <
                     std::tuple(!b.known, b.is_router, b.text);
            });
  cookie.side = SideOf(cookie);
  return cookie;
}

}  // namespace stickyd
