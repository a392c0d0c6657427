// SPDX-License-Identifier: Apache-2.0
#include "stickyd/base/nearest.h"

#include <algorithm>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kLongest = 64;
constexpr size_t kFar = 100;

// Two letters that changed places are one mistake, like any other letter.
size_t WithoutSwap(std::string_view word, std::string_view candidate, size_t most) {
  if (word.size() != candidate.size()) return kFar;
  const auto [a, b] = std::mismatch(word.begin(), word.end(), candidate.begin());
  const auto at = static_cast<size_t>(a - word.begin());
  if (at + 1 >= word.size() || *a != candidate[at + 1] || word[at + 1] != *b) return kFar;
  return 1 + EditDistance(word.substr(at + 2), candidate.substr(at + 2), most);
}

size_t Distance(std::string_view word, std::string_view candidate) {
  const size_t most = word.size() < 4 ? 1 : word.size() < 9 ? 2 : 3;
  if (word.size() >= 3 && candidate.starts_with(word)) return 1;
  if (candidate.size() >= 3 && word.starts_with(candidate)) return 2;
  if (candidate.size() > word.size() && candidate.ends_with(word) &&
      candidate[candidate.size() - word.size() - 1] == '.') {
    return 1;
  }
  const size_t distance =
      std::min(EditDistance(word, candidate, most), WithoutSwap(word, candidate, most));
  return distance <= most && distance < candidate.size() ? distance : kFar;
}

}  // namespace

std::optional<std::string> Nearest(std::string_view word,
                                   std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLongest) return std::nullopt;
  const std::string lower = ToLower(word);
  std::string_view best;
  size_t best_distance = kFar;
  for (const std::string_view candidate : candidates) {
    const size_t distance = Distance(lower, ToLower(candidate));
    if (distance >= best_distance) continue;
    best_distance = distance;
    best = candidate;
  }
  return best.empty() ? std::nullopt : std::optional<std::string>(best);
}

std::string DidYouMean(std::string_view word, std::span<const std::string_view> candidates,
                       std::string_view prefix) {
  const auto near = Nearest(word, candidates);
  return near ? "; did you mean " + std::string(prefix) + *near + "?" : std::string();
}

}  // namespace stickyd
