// SPDX-License-Identifier: Apache-2.0
// unified_diff.cc: the difference of two texts as `diff -u` writes it and patch(1) reads it.
// Source:  POSIX diff, option -u. The lines that are alike at both ends are cut off; between them
//          the longest common subsequence.
#include <fmt/format.h>

#include <algorithm>

#include "stickyd/draft/draft.h"

namespace stickyd {
namespace {

constexpr size_t kContext = 3;
constexpr size_t kMostCells = 4'000'000;  // of the table between the ends

std::vector<std::string_view> SplitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

struct DiffStep {
  char sign;  // ' ', '-' or '+'
  std::string_view line;
};

// The middle, where the texts differ.
void AddMiddle(const std::vector<std::string_view>& a, const std::vector<std::string_view>& b,
               std::vector<DiffStep>& steps) {
  if (a.size() * b.size() > kMostCells) {
    for (const auto line : a) steps.push_back({'-', line});
    for (const auto line : b) steps.push_back({'+', line});
    return;
  }
  std::vector<std::vector<uint32_t>> longest(a.size() + 1, std::vector<uint32_t>(b.size() + 1));
  for (size_t i = a.size(); i-- > 0;) {
    for (size_t j = b.size(); j-- > 0;) {
      longest[i][j] =
          a[i] == b[j] ? longest[i + 1][j + 1] + 1 : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  size_t i = 0;
  size_t j = 0;
  while (i < a.size() || j < b.size()) {
    if (i < a.size() && j < b.size() && a[i] == b[j]) {
      steps.push_back({' ', a[i]});
      ++i, ++j;
    } else if (i < a.size() && (j == b.size() || longest[i + 1][j] >= longest[i][j + 1])) {
      steps.push_back({'-', a[i++]});
    } else {
      steps.push_back({'+', b[j++]});
    }
  }
}

std::vector<DiffStep> StepsOf(std::string_view before, std::string_view after) {
  std::vector<std::string_view> a = SplitLines(before);
  std::vector<std::string_view> b = SplitLines(after);
  size_t head = 0;
  while (head < a.size() && head < b.size() && a[head] == b[head]) ++head;
  size_t tail = 0;
  while (tail < a.size() - head && tail < b.size() - head &&
         a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
    ++tail;
  }
  std::vector<DiffStep> steps;
  const auto same = [&](size_t from, size_t to) {
    for (size_t i = from; i < to; ++i) steps.push_back({' ', a[i]});
  };
  same(0, head);
  const auto cut = [&](const std::vector<std::string_view>& all) {
    return std::vector<std::string_view>(all.begin() + static_cast<std::ptrdiff_t>(head),
                                         all.end() - static_cast<std::ptrdiff_t>(tail));
  };
  AddMiddle(cut(a), cut(b), steps);
  same(a.size() - tail, a.size());
  return steps;
}

// "3,7": the first line and the number of lines.
std::string RangeOf(size_t before, size_t count) {
  return count == 1 ? fmt::format("{}", before + 1)
                    : fmt::format("{},{}", count == 0 ? before : before + 1, count);
}

}  // namespace

std::string UnifiedDiff(std::string_view name, std::string_view before, std::string_view after) {
  const std::vector<DiffStep> steps = StepsOf(before, after);
  std::string out;
  size_t old_line = 0;
  size_t new_line = 0;
  for (size_t i = 0; i < steps.size();) {
    // A hunk begins so many lines before the next change, and ends so many behind the last one.
    size_t change = i;
    while (change < steps.size() && steps[change].sign == ' ') ++change;
    if (change == steps.size()) break;
    const size_t begin = change - std::min(change - i, kContext);
    old_line += begin - i;
    new_line += begin - i;
    size_t end = change;
    for (size_t k = change; k < steps.size() && k <= end + 2 * kContext; ++k) {
      if (steps[k].sign != ' ') end = k;
    }
    end = std::min(end + 1 + kContext, steps.size());
    std::string body;
    size_t old_count = 0;
    size_t new_count = 0;
    for (size_t k = begin; k < end; ++k) {
      body += steps[k].sign;
      body += steps[k].line;
      if (!steps[k].line.ends_with('\n')) body += "\n\\ No newline at end of file\n";
      old_count += steps[k].sign != '+' ? 1U : 0U;
      new_count += steps[k].sign != '-' ? 1U : 0U;
    }
    out += fmt::format("@@ -{} +{} @@\n{}", RangeOf(old_line, old_count),
                       RangeOf(new_line, new_count), body);
    old_line += old_count;
    new_line += new_count;
    i = end;
  }
  return out.empty() ? out : fmt::format("--- a/{0}\n+++ b/{0}\n{1}", name, out);
}

}  // namespace stickyd
