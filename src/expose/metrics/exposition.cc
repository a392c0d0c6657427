// SPDX-License-Identifier: Apache-2.0
#include "stickyd/expose/metrics/exposition.h"

#include <prometheus/text_serializer.h>
#include <zlib.h>

#include <algorithm>
#include <sstream>

#include "stickyd/base/text.h"

namespace stickyd {
namespace {

using prometheus::MetricFamily;

const char* TypeName(prometheus::MetricType type) {
  switch (type) {
    case prometheus::MetricType::Counter:
      return "counter";
    case prometheus::MetricType::Histogram:
      return "histogram";
    default:
      return "gauge";
  }
}

// As 0.0.4, but a counter's family has no _total. Our help texts need no escapes.
void AppendOpenMetrics(const MetricFamily& family, std::string& out) {
  std::ostringstream text;
  prometheus::TextSerializer().Serialize(text, {family});
  std::string name = family.name;
  constexpr std::string_view kTotal = "_total";
  if (family.type == prometheus::MetricType::Counter && name.ends_with(kTotal)) {
    name.resize(name.size() - kTotal.size());
  }
  out += "# HELP " + name + " " + family.help + "\n# TYPE " + name + " " + TypeName(family.type) +
         "\n";
  std::string_view samples = text.view();
  while (samples.starts_with('#')) samples.remove_prefix(samples.find('\n') + 1);
  out += samples;
}

struct Preference {
  std::string_view what;  // without parameters
  double quality = 1;
};

Preference ParsePreference(std::string_view item) {
  Preference preference;
  bool first = true;
  ForEachPart(item, ';', [&](std::string_view part) {
    if (first) preference.what = part;
    first = false;
    if (part.starts_with("q="))
      preference.quality = ParseNumber<double>(part.substr(2)).value_or(0);
  });
  return preference;
}

// The best quality that a list gives to `what`; 0 if it does not name it.
double QualityOf(std::string_view list, std::string_view what) {
  double best = 0;
  ForEachPart(list, ',', [&](std::string_view item) {
    const Preference preference = ParsePreference(item);
    if (EqualsIgnoreCase(preference.what, what)) best = std::max(best, preference.quality);
  });
  return best;
}

}  // namespace

const char* ContentType(ExpositionFormat format) {
  return format == ExpositionFormat::kText
             ? "text/plain; version=0.0.4; charset=utf-8"
             : "application/openmetrics-text; version=1.0.0; charset=utf-8";
}

std::string Exposition(const std::vector<MetricFamily>& families, ExpositionFormat format) {
  if (format == ExpositionFormat::kText) {
    std::ostringstream out;
    prometheus::TextSerializer().Serialize(out, families);
    return std::move(out).str();
  }
  std::string out;
  for (const MetricFamily& family : families) AppendOpenMetrics(family, out);
  return out + "# EOF\n";
}

ExpositionFormat FormatFor(std::string_view accept) {
  const double open = QualityOf(accept, "application/openmetrics-text");
  return open > 0 && open >= QualityOf(accept, "text/plain") ? ExpositionFormat::kOpenMetrics
                                                             : ExpositionFormat::kText;
}

bool TakesGzip(std::string_view accept_encoding) { return QualityOf(accept_encoding, "gzip") > 0; }

std::string Gzip(const std::string& text) {
  constexpr int kGzipWindow = 15 + 16;  // 16 asks for gzip's head and tail
  constexpr int kMemory = 8;
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, kMemory, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, text.size()), '\0');
  // NOLINTBEGIN(cppcoreguidelines-pro-type-*-cast): zlib's types are like that.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  // NOLINTEND(cppcoreguidelines-pro-type-*-cast)
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

}  // namespace stickyd
