// SPDX-License-Identifier: Apache-2.0
// decode_report.h: what `decode` prints, for people and for programs.
// Role:    the command fills one in; the two writers and the words that they share read it.
// Shape:   docs/DECODE.md describes both.
// Threads: pure functions.
#pragma once

#include <string>
#include <vector>

#include "stickyd/traefik/value_decoder.h"

namespace stickyd {

// One argument, or one line of standard input, with what it holds.
struct DecodedText {
  std::vector<DecodedCookie> cookies;
  // Was one of its cookies read, and every one that must be Traefik's?
  bool known() const;
};

struct DecodeReport {
  const ValueDecoder* decoder = nullptr;
  std::vector<DecodedText> texts;
  std::vector<std::string> problems;  // what was to be read, and could not
  bool log_read = false;
  std::string log;  // that could be read: the one that watch follows

  bool known() const;
};

std::string DecodeText(const DecodeReport& report);
std::string DecodeJson(const DecodeReport& report);

// --- words that both use; what came from outside is made printable in them

// `sha256, Traefik v3.3.4 and later`
std::string EncodingWords(const CookieReading& reading);
// What a value that was not read is not.
std::string WhyUnknown(const DecodedCookie& cookie, const DecodeReport& report);
std::vector<std::string> WhatWouldTell(const DecodedCookie& cookie, const DecodeReport& report);
std::string OwnerWords(const CookieOwner& owner);
std::string PlaceWords(const CookiePlace& place, const CookieReading& reading,
                       const std::string& name);
// What else is to be known of a reading: cut zeros, other ways to write it, what no version takes.
std::vector<std::string> Notes(const DecodedCookie& cookie, const CookieReading& reading);

// On cookies of one line together: of several levels that contradict each other, of one name.
std::vector<std::string> LineNotes(const DecodedText& text);

// What versions do with the value, against the version that is there (the configuration's, else
// the one that wrote it).
struct UpgradeWords {
  std::string accepted;   // by which, "" if by none
  std::string today;      // "" if no configuration says what runs
  std::string upgrade;    // "" if nothing says where from
  std::string downgrade;  // likewise, or there is nothing before
  std::string versions;   // instead of the two: all
};
UpgradeWords WordsOnUpgrades(const CookieReading& reading, const std::string& version);

}  // namespace stickyd
