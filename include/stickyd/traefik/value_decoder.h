// SPDX-License-Identifier: Apache-2.0
// value_decoder.h: from one sticky cookie's value back to what Traefik meant by it.
// Role:    `decode`. It is told what may be meant (configurations, the servers and services of a
//          log, those that were named), then asked. Whoever has a configuration adds it: saved
//          answers, or a live API.
// Shape:   all encodings of what is added are kept, as in code_book.h, but for children of weighted
//          services too, and with where each was last. At most kMostTexts texts of kMostBytes in
//          all; further ones are counted.
// Errors:  none: a value that stands for nothing known has no readings.
// Threads: thread-compatible.
// Cost:    Decode: a few hash lookups; where they find nothing, a dozen ways to write each of up to
//          kMostVariants servers.
// Source:  docs/DETECTION.md section 4.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "stickyd/base/name_table.h"
#include "stickyd/model/traefik_config.h"
#include "stickyd/traefik/cookie_eras.h"
#include "stickyd/traefik/pasted_cookies.h"
#include "stickyd/traefik/value_shape.h"

namespace stickyd {

// How a server, or a child of a weighted service, stands in a service.
enum class PlaceState : uint8_t {
  kUp,       // by its health check, or as long as Traefik has not found it down
  kPresent,  // the configuration has it, and does not say more
  kDown,
  kFenced,      // kept for those who are there: Kubernetes is ending it
  kWeightZero,  // takes nobody, not even with a cookie
  kGone,        // an older configuration had it
};
// "up", "present", "down", "fenced", "weight_zero", "gone"
std::string_view Name(PlaceState state);

// A service that has the server in its pool, or the child below it.
struct CookiePlace {
  std::string service;
  PlaceState state = PlaceState::kPresent;
  EventTime time;          // of the newest configuration that has it there
  std::string cookie;      // the name of the service's sticky cookie; "": it has none
  bool ignored = false;    // its strategy looks at no cookie
  bool reachable = false;  // a router leads to the service
  bool same_name = false;  // as the cookie's that was given
  std::string child;       // of a weighted service: the child's full name, if it is a pool
};

// One thing that a value may stand for.
struct CookieReading {
  CookieNames names = CookieNames::kServer;
  std::string text;         // a URL, or a service's name as its parent writes it
  CookieText value;         // how that is encoded
  bool known = false;       // it was added; only a raw URL needs not be
  bool given = false;       // by the operator
  bool is_router = false;   // the log shows a router of that name, and no such service
  std::string similar;      // what was added, where only another way to write it has this value
  std::string now_written;  // a server that is gone: how the last configuration writes it
  std::optional<EventTime> last_seen;  // in a log
  std::vector<CookiePlace> places;     // those with the cookie's name first
};

// How a service comes to a cookie's name.
enum class Owning : uint8_t {
  kConfigured,  // its sticky cookie was given this name
  kDefault,     // its sticky cookie has no name of its own, and this is what Traefik computes
  kUnused,      // Traefik would compute it, but the service has another cookie, or none
  kComputed,    // Traefik would compute it; no configuration says what it uses
};
// "configured", "default", "unused", "computed"
std::string_view Name(Owning owning);

// A service whose sticky cookie has, or would have, the name that was given.
struct CookieOwner {
  std::string service;
  Owning owning = Owning::kComputed;
  bool is_router = false;  // a router of that name was seen, and no such service
  bool former = false;     // in an older configuration only
};

// Whose the cookie is, by name and value.
enum class CookieSide : uint8_t {
  kTraefik,  // its value was read, or its name is one of Traefik's
  kMaybe,    // its value could be one of Traefik's
  kOther,
};

struct DecodedCookie {
  std::string name;              // "": none was given
  std::string pasted;            // its value
  std::string value;             // as Traefik writes it
  bool percent_encoded = false;  // it was pasted so
  ValueShape shape = ValueShape::kOther;
  CookieSide side = CookieSide::kOther;
  std::vector<CookieReading> readings;  // empty: unknown
  std::vector<CookieOwner> owners;      // of the name
  bool default_name = false;            // it has the form of the names that Traefik computes
};

class ValueDecoder {
 public:
  static constexpr size_t kMostTexts = 65536;
  static constexpr size_t kMostBytes = size_t{16} << 20U;
  static constexpr size_t kMostVariants = 4096;
  static constexpr size_t kMostPlaces = 32;    // of one text
  static constexpr size_t kMostOwners = 32;    // of one name
  static constexpr size_t kMostReadings = 32;  // of one value

  // In order of time: the last one is what is there now.
  void AddConfig(const TraefikConfig& config);
  // Of a log: what answered, which service and router led there.
  void AddSeenServer(std::string_view url, EventTime time);
  void AddSeenService(std::string_view name, EventTime time);
  void AddSeenRouter(std::string_view name, EventTime time);
  // Named by the operator. A server without a scheme gets those that Traefik knows.
  void AddServer(std::string_view url);
  void AddService(std::string_view name);

  DecodedCookie Decode(const PastedCookie& cookie) const;

  size_t servers() const { return servers_; }
  size_t services() const { return known_.size() - servers_; }
  size_t left_out() const { return left_out_; }
  size_t configs() const { return configs_; }
  // Of the last configuration; REQUIRES: configs() > 0.
  EventTime config_time() const { return config_time_; }
  // "" if it does not say.
  const std::string& version() const { return version_; }

 private:
  struct Known {
    std::string text;
    CookieNames names = CookieNames::kServer;
    bool given = false;
    bool is_service = false;  // of services: known as more than a router
    std::optional<EventTime> last_seen;
    size_t config = 0;  // the last one that has it, from 1; 0: none
    std::vector<CookiePlace> places;
  };
  struct Match {
    uint32_t known;
    CookieEncoding encoding;
  };
  struct Owner {
    CookieOwner owner;
    size_t config;  // as of Known
  };

  // Null: there is no room for it.
  Known* Add(CookieNames names, std::string_view text);
  void AddPlace(Known* known, CookiePlace place) const;
  void AddServersOf(const TraefikConfig& config, const ServiceConfig& service);
  void AddChildrenOf(const TraefikConfig& config, const ServiceConfig& service);
  void AddOwner(std::string_view name, const CookieOwner& owner, size_t config);
  // As written with its provider and without; visit(known) for both.
  template <class Visit>
  void AddName(std::string_view service, bool is_router, Visit visit);

  std::vector<CookieReading> Readings(std::string_view value) const;
  void FindTexts(std::string_view value, std::vector<CookieReading>& readings) const;
  void FindHashes(std::string_view value, bool padded, std::vector<CookieReading>& readings) const;
  CookieReading ReadingOf(const Known& known, CookieText text) const;
  std::optional<CookieReading> Variant(std::string_view value) const;
  void FindOwners(DecodedCookie& cookie) const;

  std::vector<Known> known_;
  std::unordered_multimap<std::string, Match, StringHash, std::equal_to<>> values_;
  StringMap<uint32_t> server_texts_;
  StringMap<uint32_t> service_texts_;
  StringMap<uint32_t> server_keys_;       // normalised: the first of each
  StringMap<std::vector<Owner>> owners_;  // by the cookie's name
  size_t servers_ = 0;
  size_t bytes_ = 0;
  size_t left_out_ = 0;
  size_t configs_ = 0;
  EventTime config_time_;
  std::string version_;
};

}  // namespace stickyd
