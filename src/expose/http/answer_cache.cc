// SPDX-License-Identifier: Apache-2.0
#include "answer_cache.h"

#include <algorithm>

#include "stickyd/expose/metrics/exposition.h"

namespace stickyd {
namespace {

constexpr int kRestShare = 4;
constexpr std::chrono::seconds kLongest{1};

}  // namespace

AnswerCache::Body AnswerCache::Get(const std::shared_ptr<const DaemonStatus>& status,
                                   const Make& make) {
  if (IsFresh(status)) return body_;
  const auto began = clock_.Now();
  gzip_.reset();
  body_ = std::make_shared<const std::string>(make(*status));
  made_of_ = status;
  made_ = clock_.Now();
  cost_ = made_ - began;
  return body_;
}

AnswerCache::Body AnswerCache::GetGzip(const std::shared_ptr<const DaemonStatus>& status,
                                       const Make& make) {
  const Body body = Get(status, make);
  if (gzip_ != nullptr) return gzip_;
  const auto began = clock_.Now();
  gzip_ = std::make_shared<const std::string>(Gzip(*body));
  made_ = clock_.Now();
  cost_ += made_ - began;
  return gzip_;
}

bool AnswerCache::IsFresh(const std::shared_ptr<const DaemonStatus>& status) const {
  if (body_ == nullptr) return false;
  const auto age = clock_.Now() - made_;
  const bool same = !made_of_.owner_before(status) && !status.owner_before(made_of_);
  return age <
         (same ? kLongest : std::min<Clock::Monotonic::duration>(kLongest, kRestShare * cost_));
}

}  // namespace stickyd
