// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "decode_report.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr std::string_view kNewest = "v3.7";  // that these tables are of

std::string Plural(size_t count, const char* one, const char* many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

const char* FateWords(CookieFate fate) {
  switch (fate) {
    case CookieFate::kKept:
      return "keep it";
    case CookieFate::kRewritten:
      return "rewrite it (same server, new value: nobody is moved)";
    case CookieFate::kRefused:
      break;
  }
  return "refuse it (every client that has it is moved once)";
}

// `v1.7 to v2.4, v2.5 to v2.11 keep it; v3.0 to v3.3.3 refuse it (...)`
std::string Fates(const CookieReading& reading, std::span<const CookieEra> eras) {
  std::string words;
  for (size_t i = 0; i < eras.size(); ++i) {
    const CookieFate fate = FateOf(reading.names, eras[i], reading.value);
    words += eras[i].versions;
    const bool last = i + 1 == eras.size();
    if (!last && FateOf(reading.names, eras[i + 1], reading.value) == fate) {
      words += ", ";
    } else {
      words += fmt::format(" {}{}", FateWords(fate), last ? "" : "; ");
    }
  }
  return words;
}

// `it is that of none of the 3 servers and 2 names of services that are known`
std::string NoneOf(const ValueDecoder& decoder) {
  const size_t servers = decoder.servers();
  const size_t services = decoder.services();
  if (servers + services == 0) return "there is nothing to compare it with";
  if (servers + services == 1) {
    return fmt::format("it is not that of the one {} that is known",
                       servers == 1 ? "server" : "name of a service");
  }
  return fmt::format(
      "it is that of none of the {}{}{} that are known{}",
      servers == 0 ? "" : Plural(servers, "server", "servers"),
      servers != 0 && services != 0 ? " and " : "",
      services == 0 ? "" : Plural(services, "name of a service", "names of services"),
      decoder.left_out() == 0 ? "" : fmt::format(" ({} more did not fit)", decoder.left_out()));
}

struct StateWords {
  const char* head;
  const char* tail;
};
StateWords WordsOn(PlaceState state, CookieNames names) {
  const bool child = names == CookieNames::kChild;
  switch (state) {
    case PlaceState::kUp:
      return {"up,", ""};
    case PlaceState::kPresent:
      return {"yes,", ""};
    case PlaceState::kDown:
      if (!child) return {"down,", ": its clients are assigned anew"};
      return {"all its servers are down,",
              ": without a healthCheck there, clients stay and get 503"};
    case PlaceState::kFenced:
      return {"fenced,", ": it is ending; clients that have its cookie stay, others do not come"};
    case PlaceState::kWeightZero:
      return {"at weight 0,", ": its clients are assigned anew"};
    case PlaceState::kGone:
      break;
  }
  return {"gone, last", ": its clients are assigned anew"};
}

// What the value cannot be, and what it is not.
std::string WhatItIsNot(const DecodedCookie& cookie, const std::string& none) {
  switch (cookie.shape) {
    case ValueShape::kHash:
      return fmt::format(
          "16 hex digits are a hash, of v2.5 to v3.3.3 (FNV) or of v3.3.4 and later (sha256): the "
          "form does not tell which; {}",
          none);
    case ValueShape::kShortHash:
      return fmt::format(
          "{} hex digits may be a hash of v2.5 to v3.3.3 (FNV), which cut leading "
          "zeros, but none of v3.3.4 and later (sha256), which has 16; {}",
          cookie.value.size(), none);
    case ValueShape::kCapitalHex:
      return "Traefik writes hashes in small letters, and honours no others";
    case ValueShape::kFewDigits:
      return "it is too short for a hash of Traefik's, which has 16 hex digits or, of v2.5 to "
             "v3.3.3, hardly fewer";
    case ValueShape::kLongHex:
      return fmt::format("it is too long for a hash of Traefik's: {} hex digits, not 16",
                         cookie.value.size());
    case ValueShape::kAddress:
      return "an address without http:// before it is nothing that Traefik writes";
    case ValueShape::kUrl:
    case ValueShape::kOther:
      break;
  }
  return "it is neither a server's URL nor a hash of 16 hex digits; as a name, " + none;
}

}  // namespace

std::string EncodingWords(const CookieReading& reading) {
  const CookieEra* era = EraThatWrites(reading.names, reading.value.encoding);
  if (era == nullptr || reading.value.padded) {
    return fmt::format("{}, which no Traefik writes", Name(reading.value.encoding));
  }
  const bool child_name =
      reading.names == CookieNames::kChild && era->writes == CookieEncoding::kRawUrl;
  return fmt::format("{}, Traefik {}", child_name ? "its name" : Name(era->writes), era->versions);
}

UpgradeWords WordsOnUpgrades(const CookieReading& reading, const std::string& version) {
  UpgradeWords words;
  const auto eras = CookieEras(reading.names);
  for (const CookieEra& era : eras) {
    if (FateOf(reading.names, era, reading.value) == CookieFate::kRefused) continue;
    words.accepted += (words.accepted.empty() ? "" : ", ") + std::string(era.versions);
  }
  const CookieEra* base = EraOfVersion(reading.names, version);
  if (base != nullptr) {
    const CookieFate fate = FateOf(reading.names, *base, reading.value);
    words.today = fmt::format("Traefik {} {}", Printable(version),
                              fate == CookieFate::kKept        ? "keeps it"
                              : fate == CookieFate::kRewritten ? "honours it, and rewrites it"
                                                               : "refuses it: whoever has it is "
                                                                 "assigned anew");
  } else {
    base = EraThatWrites(reading.names, reading.value.encoding);
  }
  if (base == nullptr || reading.value.padded) {
    words.versions = Fates(reading, eras);
    return words;
  }
  const auto at = static_cast<size_t>(base - eras.data());
  words.upgrade = Fates(reading, eras.subspan(at + 1));
  if (words.upgrade.empty()) {
    words.upgrade =
        fmt::format("no version up to {} changes what {}", kNewest,
                    base->writes == reading.value.encoding ? "this one writes" : "is done with it");
  }
  words.downgrade = Fates(reading, eras.first(at));
  return words;
}

std::string OwnerWords(const CookieOwner& owner) {
  const std::string service = Printable(owner.service);
  std::string words;
  switch (owner.owning) {
    case Owning::kConfigured:
      words = fmt::format("the sticky cookie of {}", service);
      break;
    case Owning::kDefault:
      words = fmt::format("the sticky cookie of {}, by its default name", service);
      break;
    case Owning::kUnused:
      words = fmt::format("the default name of {}, which has another cookie or none", service);
      break;
    case Owning::kComputed:
      words = owner.is_router ? fmt::format(
                                    "the default name of a service called {}, as the "
                                    "router is",
                                    service)
                              : fmt::format("the default name of {}", service);
      break;
  }
  return words + (owner.former ? ", in an older configuration" : "");
}

std::string PlaceWords(const CookiePlace& place, const CookieReading& reading,
                       const std::string& name) {
  const std::string service = Printable(place.service);
  const StateWords state = WordsOn(place.state, reading.names);
  std::string words = fmt::format("{} {} {} (configuration of {}){}", state.head,
                                  reading.names == CookieNames::kServer ? "in" : "below", service,
                                  FormatRfc3339(place.time), state.tail);
  if (place.cookie.empty()) {
    words += fmt::format("; {} is not sticky: it reads no cookie", service);
  } else if (!name.empty() && !place.same_name) {
    words += fmt::format("; its cookie is {}: it does not read {}", Printable(place.cookie),
                         Printable(name));
  }
  if (place.ignored) words += "; its strategy hrw looks at no cookie";
  if (!place.reachable) words += "; no router leads to it";
  return words;
}

std::vector<std::string> Notes(const DecodedCookie& cookie, const CookieReading& reading) {
  std::vector<std::string> notes;
  const CookieText& value = reading.value;
  const bool raw = value.encoding == CookieEncoding::kRawUrl;
  if (cookie.percent_encoded) {
    notes.emplace_back(
        "it was pasted percent-encoded; Traefik neither writes nor honours it like that");
  }
  if (value.padded) {
    notes.emplace_back("it has a leading zero, which the versions that write this hash cut");
  } else if (!raw && value.bytes < kHashBytes) {
    notes.push_back(fmt::format(
        "it has {} digits: a leading zero was cut{}", value.bytes,
        value.encoding == CookieEncoding::kFnv1a && reading.names == CookieNames::kServer
            ? "; v3.0 to v3.3.3 would read it with all 16 only"
            : ""));
  }
  if (value.other_url) {
    notes.push_back(
        fmt::format("it is not written as it is known, {}: v1.7 to v2.11 compare scheme, "
                    "host and path only, v3.3.4 and later all of it",
                    Printable(reading.similar)));
  } else if (!reading.similar.empty()) {
    notes.push_back(
        fmt::format("what is known is {}, whose cookies are others: each way to write a "
                    "URL has a hash of its own",
                    Printable(reading.similar)));
  }
  if (!reading.now_written.empty()) {
    notes.push_back(fmt::format("the configuration writes it {} now: cookies of the two differ",
                                Printable(reading.now_written)));
  }
  if (raw && !reading.known) {
    notes.emplace_back("a URL says itself which server it is; nothing else is known of this one");
  }
  if (raw && reading.names == CookieNames::kServer &&
      reading.text.find_first_of("?#@") != std::string::npos) {
    notes.emplace_back("it has a query or a user, which a client may have added");
  } else if (value.hopeless) {
    notes.emplace_back(
        "its URL has a query or a user: v2.5 to v2.11 never find such a server again");
  }
  return notes;
}

std::string WhyUnknown(const DecodedCookie& cookie, const DecodeReport& report) {
  std::string words = WhatItIsNot(cookie, NoneOf(*report.decoder));
  for (const CookieOwner& owner : cookie.owners) {
    const bool used = owner.owning == Owning::kConfigured || owner.owning == Owning::kDefault;
    if (!used || owner.former) continue;
    return words +
           fmt::format("; whoever sends it to {} is assigned anew", Printable(owner.service));
  }
  return words;
}

std::vector<std::string> LineNotes(const DecodedText& text) {
  std::vector<std::string> notes;
  std::map<std::string_view, size_t> by_name;
  for (const DecodedCookie& cookie : text.cookies) {
    if (cookie.side == CookieSide::kOther || ++by_name[cookie.name] != 2) continue;
    notes.push_back(
        fmt::format("several cookies are called {}: of a request, Traefik reads the "
                    "first only",
                    Printable(cookie.name)));
  }
  const auto each = [&](CookieNames names, auto visit) {
    for (const DecodedCookie& cookie : text.cookies) {
      if (cookie.readings.empty() || cookie.readings.front().names != names) continue;
      visit(cookie.readings.front());
    }
  };
  each(CookieNames::kChild, [&](const CookieReading& upper) {
    each(CookieNames::kServer, [&](const CookieReading& lower) {
      for (const CookiePlace& above : upper.places) {
        if (above.child.empty() || above.state == PlaceState::kGone || lower.places.empty())
          continue;
        const bool fits =
            std::any_of(lower.places.begin(), lower.places.end(),
                        [&](const CookiePlace& place) { return place.service == above.child; });
        if (fits) continue;
        notes.push_back(
            fmt::format("{} leads to {}, whose pool does not have {}: the two cookies do "
                        "not belong together",
                        Printable(upper.text), Printable(above.child), Printable(lower.text)));
      }
    });
  });
  return notes;
}

std::vector<std::string> WhatWouldTell(const DecodedCookie& cookie, const DecodeReport& report) {
  std::vector<std::string> hints;
  switch (cookie.shape) {
    case ValueShape::kCapitalHex:
      return {"the same in small letters"};
    case ValueShape::kFewDigits:
    case ValueShape::kLongHex:
      return {"the cookie's name: which application sets it?"};
    case ValueShape::kAddress:
      return {"the same with http:// or https:// before it"};
    default:
      break;
  }
  const bool hash = cookie.shape == ValueShape::kHash || cookie.shape == ValueShape::kShortHash;
  if (report.decoder->configs() == 0) {
    hints.emplace_back("--traefik.snapshot DIR: saved answers of Traefik's API");
  } else if (hash) {
    hints.emplace_back("--traefik.snapshot: older answers too, in case the server has gone since");
  }
  hints.push_back(report.log_read ? "--log FILE: older logs"
                  : report.log.empty()
                      ? "--log FILE: an access log"
                      : "--log " + Printable(report.log) + ": the log that watch follows");
  if (hash) hints.emplace_back("--server URL: a server that it may be, exactly as Traefik is told");
  hints.emplace_back("--service NAME: a child of a weighted service that it may be");
  return hints;
}

}  // namespace stickyd
