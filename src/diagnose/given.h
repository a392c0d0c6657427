// SPDX-License-Identifier: Apache-2.0
// given.h: when and how a client was given its sticky cookie, as far as a request knew.
// Role:    judge writes it down; judge and the causes ask.
// Shape:   responses to a burst of requests all give cookies, and lines come in the order in which
//          responses end: what was given after a request was sent says nothing about it. So the
//          facts keep the time of the last giving, and what was new with it.
// Units:   given_at counts 1/128 s and wraps after a year; it is compared within half of that.
#pragma once

#include <cstdint>

#include "stickyd/model/observation.h"
#include "stickyd/model/session_memory.h"

namespace stickyd {

// The response gives a sticky cookie.
void LearnGiven(const Observation& seen, SessionFacts& facts);

// Was the last giving known when the request was sent?
bool KnewLastGiving(const Observation& seen, const SessionFacts& facts);
// Seconds since the last giving. REQUIRES: KnewLastGiving.
int64_t SecondsSinceGiven(const Observation& seen, const SessionFacts& facts);

enum class GivenHow : uint8_t { kOverHttps, kFirstParty, kToCredentials };
// Had it been given a cookie in this way when the request was sent?
bool WasGiven(const Observation& seen, const SessionFacts& facts, GivenHow how);
// Had it been given one on the request's own host?
bool WasGivenOnHost(const Observation& seen, const SessionFacts& facts);
// On any host that is known?
bool WasGivenOnSomeHost(const Observation& seen, const SessionFacts& facts);

}  // namespace stickyd
