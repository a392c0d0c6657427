// SPDX-License-Identifier: Apache-2.0
#include "stickyd/model/owned_record.h"

#include <cstddef>
#include <cstring>
#include <iterator>

namespace stickyd {
namespace {

using R = AccessRecord;
constexpr Text R::*kTexts[] = {
    &R::router,
    &R::service,
    &R::server_url,
    &R::entry_point,
    &R::client_host,
    &R::client_addr,
    &R::user,
    &R::tls_subject,
    &R::method,
    &R::scheme,
    &R::host,
    &R::path,
    &R::trace_id,
    &R::user_agent,
    &R::referer,
    &R::origin,
    &R::via,
    &R::forwarded_proto,
    &R::upgrade,
    &R::sec_fetch_site,
    &R::sec_fetch_mode,
    &R::sec_fetch_dest,
    &R::cookie,
    &R::set_cookie,
    &R::origin_set_cookie,
    &R::date,
};
static_assert(offsetof(R, all_headers) - offsetof(R, router) ==
                  (std::size(kTexts) + kMostExtraFields) * sizeof(Text),
              "every text of a record is in the list");

template <class Visit>
void ForEachText(AccessRecord& record, Visit visit) {
  for (Text R::*text : kTexts) visit(record.*text);
  for (Text& text : record.extra) visit(text);
}

}  // namespace

OwnedRecord::OwnedRecord(const AccessRecord& record) : record_(record) {
  size_t size = 0;
  ForEachText(record_, [&](const Text& text) { size += text.value_or("").size(); });
  texts_ = std::make_unique<char[]>(size);
  char* to = texts_.get();
  ForEachText(record_, [&](Text& text) {
    if (!text || text->empty()) return;
    std::memcpy(to, text->data(), text->size());
    text = std::string_view(to, text->size());
    to += text->size();
  });
}

}  // namespace stickyd
