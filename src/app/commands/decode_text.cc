// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "decode_report.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kMostShown = 5;
constexpr size_t kMostShownValue = 1024;

class DecodeWriter {
 public:
  explicit DecodeWriter(const DecodeReport& report) : report_(report) {}

  void Text(const DecodedText& text) {
    std::vector<std::string> others;
    for (const DecodedCookie& cookie : text.cookies) {
      const bool aside = cookie.side == CookieSide::kOther && text.cookies.size() > 1;
      if (aside) {
        others.push_back(Printable(cookie.name));
      } else {
        Cookie(cookie);
      }
    }
    if (others.size() == text.cookies.size() && !others.empty()) Gap();
    for (const std::string& note : LineNotes(text)) out_ += fmt::format("note: {}\n", note);
    if (!others.empty()) out_ += fmt::format("not Traefik's: {}\n", fmt::join(others, ", "));
  }
  std::string out() { return std::move(out_); }

 private:
  void Gap() {
    if (!out_.empty()) out_ += '\n';
  }
  void Row(const char* head, const std::string& text) {
    if (!text.empty()) out_ += fmt::format("  {:<13}{}\n", std::string(head) + ":", text);
  }

  void Cookie(const DecodedCookie& cookie) {
    Gap();
    const std::string value = Printable(cookie.pasted, kMostShownValue);
    if (cookie.readings.empty()) {
      out_ += fmt::format("{} is {}\n", value,
                          cookie.side == CookieSide::kOther ? "none of Traefik's" : "unknown");
      Name(cookie);
      Row("why", WhyUnknown(cookie, report_));
      for (const std::string& hint : WhatWouldTell(cookie, report_)) Row("would tell", hint);
    }
    bool again = false;
    for (const CookieReading& reading : cookie.readings) {
      const bool itself = reading.text == cookie.pasted;
      out_ += fmt::format("{} is {}{} ({})\n", value, again ? "also " : "",
                          itself ? Itself(reading) : What(reading), EncodingWords(reading));
      if (!again) Name(cookie);
      again = true;
      Reading(cookie, reading);
    }
  }

  static std::string Itself(const CookieReading& reading) {
    return reading.names == CookieNames::kServer ? "itself the URL of a server"
                                                 : "itself the name of a service";
  }
  static std::string What(const CookieReading& reading) {
    const char* const below =
        reading.names == CookieNames::kServer ? ""
        : reading.is_router ? ", a service below a weighted one, if it is called as the router is"
                            : ", a service below a weighted one";
    return Printable(reading.text, kMostShownValue) + below;
  }

  void Name(const DecodedCookie& cookie) {
    if (cookie.name.empty()) return;
    const std::string name = Printable(cookie.name);
    size_t shown = 0;
    for (const CookieOwner& owner : cookie.owners) {
      if (++shown > kMostShown) continue;
      Row("cookie", fmt::format("{}, {}", name, OwnerWords(owner)));
    }
    if (shown > kMostShown) {
      Row("cookie", fmt::format("{}, and so of {} more services", name, shown - kMostShown));
    }
    if (!cookie.owners.empty()) return;
    const char* what =
        cookie.default_name
            ? ", as Traefik names cookies by default; it is that of no service that is known"
        : report_.decoder->configs() > 0 ? "; no service has a sticky cookie of this name"
                                         : "";
    Row("cookie", name + what);
  }

  void Reading(const DecodedCookie& cookie, const CookieReading& reading) {
    const bool server = reading.names == CookieNames::kServer;
    const char* head = server ? "pool now" : "now";
    const ValueDecoder& decoder = *report_.decoder;
    size_t shown = 0;
    for (const CookiePlace& place : reading.places) {
      if (++shown > kMostShown) continue;
      Row(head, PlaceWords(place, reading, cookie.name));
    }
    if (shown > kMostShown) {
      Row(head, fmt::format("and so in {} more services", shown - kMostShown));
    }
    if (shown == 0) {
      Row(head, decoder.configs() > 0 ? "no: none of the configurations has it"
                                      : "not known without --traefik.snapshot");
    }
    if (reading.last_seen) {
      Row("in the log", fmt::format("{} at {}", server ? "chosen last" : "seen last",
                                    FormatRfc3339(*reading.last_seen)));
    } else if (report_.log_read) {
      Row("in the log", "no");
    }
    const UpgradeWords words = WordsOnUpgrades(reading, decoder.version());
    Row("accepted by", words.accepted.empty() ? "no version" : words.accepted);
    Row("today", words.today);
    Row("upgrade", words.upgrade);
    Row("downgrade", words.downgrade);
    Row("versions", words.versions);
    for (const std::string& note : Notes(cookie, reading)) Row("note", note);
  }

  const DecodeReport& report_;
  std::string out_;
};

}  // namespace

bool DecodedText::known() const {
  bool any = false;
  for (const DecodedCookie& cookie : cookies) {
    any |= !cookie.readings.empty();
    if (cookie.readings.empty() && cookie.side == CookieSide::kTraefik) return false;
  }
  return any;
}

bool DecodeReport::known() const {
  return std::all_of(texts.begin(), texts.end(),
                     [](const DecodedText& text) { return text.known(); });
}

std::string DecodeText(const DecodeReport& report) {
  DecodeWriter writer(report);
  for (const DecodedText& text : report.texts) writer.Text(text);
  return writer.out();
}

}  // namespace stickyd
