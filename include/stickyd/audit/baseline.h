// SPDX-License-Identifier: Apache-2.0
// baseline.h: findings that somebody has looked at and accepted.
// Role:    the command audit reads such a file, and writes one.
// Shape:   JSON: {"version": 1, "accepted": [{"fingerprint", "rule", "service", "text"}]}. Only the
//          fingerprint counts; the rest is there for people, and for reviews of changes.
// Errors:  kInvalidInput for a text that is no such file.
// Threads: pure functions.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "stickyd/base/result.h"
#include "stickyd/model/finding.h"

namespace stickyd {

using Baseline = std::set<std::string, std::less<>>;  // fingerprints

Result<Baseline> ReadBaseline(std::string_view text);
// In the order of the fingerprints, so that a new one is one new entry.
std::string WriteBaseline(const std::vector<Finding>& findings);
// Marks the findings that are in it. Returns how many of its entries fit none.
size_t Accept(const Baseline& baseline, std::vector<Finding>& findings);

}  // namespace stickyd
