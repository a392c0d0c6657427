// SPDX-License-Identifier: Apache-2.0
// exposition.h: metric families as text, in the format and the encoding that a scraper asks for.
// Role:    the HTTP server negotiates and writes with it.
// Shape:   text format 0.0.4, or OpenMetrics 1.0 (no exemplars, no _created).
// Threads: pure functions.
// Source:  prometheus-cpp writes 0.0.4; OpenMetrics differs in the names of counters and in its
//          end; RFC 9110 12.5 for Accept and Accept-Encoding; zlib.
#pragma once

#include <prometheus/metric_family.h>

#include <string>
#include <string_view>
#include <vector>

namespace stickyd {

enum class ExpositionFormat { kText, kOpenMetrics };

const char* ContentType(ExpositionFormat format);
std::string Exposition(const std::vector<prometheus::MetricFamily>& families,
                       ExpositionFormat format);

// OpenMetrics only where the scraper prefers it to plain text.
ExpositionFormat FormatFor(std::string_view accept);
bool TakesGzip(std::string_view accept_encoding);
std::string Gzip(const std::string& text);

}  // namespace stickyd
