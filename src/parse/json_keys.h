// SPDX-License-Identifier: Apache-2.0
// json_keys.h: the keys of Traefik's JSON: what is wanted of them, and which one follows which.
// Role:    JsonParser knows keys by it, in both of its ways through a line.
// Shape:   a key that was seen is remembered with the two that came after it last; to know a key is
//          to compare it with those. The wanted ones are known from the start; of others, whose
//          names clients may choose, as many are remembered as there is room for.
// Threads: one object per thread.
// Cost:    some ten instructions for an expected key, a search for another one; no allocation.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "byte_masks.h"
#include "stickyd/base/text.h"
#include "stickyd/model/access_record.h"

namespace stickyd {

enum class JsonKind : uint8_t {
  kUnwanted,
  kText,      // goes to a member of the record as it is
  kSeenText,  // to one of JsonSeen
  kDuration,
  kStatus,
  kOriginStatus,
  kRequestCount,
  kServerUrl,
  kAnyHeader,
  kLevel
};

// Longer than any wanted key with its quotes and colon, and within a line's padding.
inline constexpr size_t kCompared = 32;

// What of the line the record does not hold.
struct JsonSeen {
  bool duration = false, status = false, count = false, level = false;
  bool server_url = false;
  Text start_utc, start_local, message, msg, service_addr;
};

struct JsonField {
  std::string_view key;
  JsonKind kind = JsonKind::kUnwanted;
  Text AccessRecord::*text = nullptr;  // for kText
  Text JsonSeen::*seen = nullptr;      // for kSeenText
};

inline constexpr std::array kJsonFields = std::to_array<JsonField>({
    {"BackendAddr", JsonKind::kSeenText, nullptr, &JsonSeen::service_addr},
    {"BackendName", JsonKind::kText, &AccessRecord::service},
    {"BackendURL", JsonKind::kServerUrl},
    {"ClientAddr", JsonKind::kText, &AccessRecord::client_addr},
    {"ClientHost", JsonKind::kText, &AccessRecord::client_host},
    {"ClientUsername", JsonKind::kText, &AccessRecord::user},
    {"DownstreamStatus", JsonKind::kStatus},
    {"Duration", JsonKind::kDuration},
    {"FrontendName", JsonKind::kText, &AccessRecord::router},
    {"OriginStatus", JsonKind::kOriginStatus},
    {"RequestCount", JsonKind::kRequestCount},
    {"RequestHost", JsonKind::kText, &AccessRecord::host},
    {"RequestMethod", JsonKind::kText, &AccessRecord::method},
    {"RequestPath", JsonKind::kText, &AccessRecord::path},
    {"RequestScheme", JsonKind::kText, &AccessRecord::scheme},
    {"RouterName", JsonKind::kText, &AccessRecord::router},
    {"ServiceAddr", JsonKind::kSeenText, nullptr, &JsonSeen::service_addr},
    {"ServiceName", JsonKind::kText, &AccessRecord::service},
    {"ServiceURL", JsonKind::kServerUrl},
    {"StartLocal", JsonKind::kSeenText, nullptr, &JsonSeen::start_local},
    {"StartUTC", JsonKind::kSeenText, nullptr, &JsonSeen::start_utc},
    {"TLSClientSubject", JsonKind::kText, &AccessRecord::tls_subject},
    {"TraceId", JsonKind::kText, &AccessRecord::trace_id},
    {"downstream_Content-Length", JsonKind::kAnyHeader},
    {"downstream_Content-Type", JsonKind::kAnyHeader},
    {"downstream_Date", JsonKind::kText, &AccessRecord::date},
    {"downstream_Set-Cookie", JsonKind::kText, &AccessRecord::set_cookie},
    {"entryPointName", JsonKind::kText, &AccessRecord::entry_point},
    {"level", JsonKind::kLevel},
    {"message", JsonKind::kSeenText, nullptr, &JsonSeen::message},
    {"msg", JsonKind::kSeenText, nullptr, &JsonSeen::msg},
    {"origin_Content-Type", JsonKind::kAnyHeader},
    {"origin_Date", JsonKind::kText, &AccessRecord::date},
    {"origin_Set-Cookie", JsonKind::kText, &AccessRecord::origin_set_cookie},
    {"request_Cookie", JsonKind::kText, &AccessRecord::cookie},
    {"request_Origin", JsonKind::kText, &AccessRecord::origin},
    {"request_Referer", JsonKind::kText, &AccessRecord::referer},
    {"request_Sec-Fetch-Dest", JsonKind::kText, &AccessRecord::sec_fetch_dest},
    {"request_Sec-Fetch-Mode", JsonKind::kText, &AccessRecord::sec_fetch_mode},
    {"request_Sec-Fetch-Site", JsonKind::kText, &AccessRecord::sec_fetch_site},
    {"request_Upgrade", JsonKind::kText, &AccessRecord::upgrade},
    {"request_User-Agent", JsonKind::kText, &AccessRecord::user_agent},
    {"request_Via", JsonKind::kText, &AccessRecord::via},
    {"request_X-Forwarded-Proto", JsonKind::kText, &AccessRecord::forwarded_proto},
    {"trace_id", JsonKind::kText, &AccessRecord::trace_id},
});
static_assert(std::all_of(kJsonFields.begin(), kJsonFields.end(), [](const JsonField& field) {
  return field.key.size() + 3 <= kCompared;  // else its values would be lost
}));

// The keys of the log, and which one follows which.
class KeyBook {
 public:
  struct Entry {
    std::array<char, kCompared> text{};  // of `"key":`
    uint64_t needed = ~uint64_t{0};      // a bit for each byte of it; all: nothing is like it
    uint32_t size = 0;                   // of it
    JsonKind kind = JsonKind::kUnwanted;
    Text AccessRecord::*member = nullptr;
    Text JsonSeen::*seen = nullptr;
    Entry* next = nullptr;       // the one that came after it last
    Entry* sometimes = nullptr;  // and the one before that

    std::string_view name() const { return {text.data() + 1, size - size_t{3}}; }
    // REQUIRES: kCompared readable bytes.
    bool IsAt(const char* position) const {
      uint64_t same = SameBytes(position, text.data());
      if (needed >> kMaskBytes != 0) {
        same |= uint64_t{SameBytes(position + kMaskBytes, text.data() + kMaskBytes)} << kMaskBytes;
      }
      return (same & needed) == needed;
    }
  };
  static_assert(kCompared == 2 * kMaskBytes);

  KeyBook() : entries_(kMostEntries) {
    for (Entry& entry : entries_) entry.next = entry.sometimes = entries_.data();
    for (const JsonField& field : kJsonFields) {
      Entry& entry = *Look(field.key);
      entry.kind = field.kind;
      entry.member = field.text;
      entry.seen = field.seen;
    }
  }

  // What comes before the first key of a line.
  Entry& Begin() { return entries_[0]; }
  // The key that stands there, if it is one that is expected behind `last`, else null.
  // REQUIRES: kCompared readable bytes.
  static Entry* Expected(Entry& last, const char* position) {
    if (!last.next->IsAt(position)) {
      if (!last.sometimes->IsAt(position)) return nullptr;
      std::swap(last.next, last.sometimes);
    }
    return last.next;
  }
  // Another one has come.
  Entry* Add(Entry& last, std::string_view key) {
    last.sometimes = last.next;
    return last.next = Look(key);
  }

 private:
  static constexpr size_t kMostEntries = 256;
  static constexpr size_t kPlaces = 4 * kMostEntries;
  static constexpr size_t kMostProbes = 16;  // a client may choose keys that belong to one place
  using Compared = std::array<char, kCompared>;

  // Entry 0 is the beginning of a line, and stands for keys that are not kept: too long, too many
  // (of one place too), or beyond ASCII, so that the UTF-8 of what is recognised need not be looked
  // at. No wanted key is among them.
  Entry* Look(std::string_view key) {
    const size_t size = key.size() + 3;
    if (size > kCompared) return entries_.data();
    Compared text{};
    text[0] = text[size - 2] = '"';
    text[size - 1] = ':';
    std::copy(key.begin(), key.end(), text.begin() + 1);
    size_t place = PlaceOf(text);
    for (size_t probes = 1; places_[place] != 0; ++probes, place = (place + 1) % kPlaces) {
      Entry& entry = entries_[places_[place]];
      if (entry.size == size && entry.text == text) return &entry;
      if (probes == kMostProbes) return entries_.data();
    }
    const bool is_ascii = std::all_of(key.begin(), key.end(),
                                      [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    if (!is_ascii || used_ == kMostEntries) return entries_.data();
    Entry& entry = entries_[used_];
    places_[place] = static_cast<uint16_t>(used_++);
    entry.text = text;
    entry.size = static_cast<uint32_t>(size);
    entry.needed = (uint64_t{1} << size) - 1;
    return &entry;
  }

  static size_t PlaceOf(const Compared& text) {
    uint64_t hash = 0;
    for (size_t i = 0; i < kCompared; i += sizeof(hash)) {
      uint64_t part = 0;
      std::memcpy(&part, text.data() + i, sizeof(part));
      hash = (std::rotl(hash, 23) ^ part) * 0x9E3779B97F4A7C15ULL;
    }
    return (hash >> 32U) % kPlaces;
  }

  std::vector<Entry> entries_;  // never grows: they point to each other
  size_t used_ = 1;
  std::array<uint16_t, kPlaces> places_{};  // of a hash table: indices of entries, 0: free
};

}  // namespace stickyd
