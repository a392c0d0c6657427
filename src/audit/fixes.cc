// SPDX-License-Identifier: Apache-2.0
#include "fixes.h"

#include <fmt/format.h>

#include <algorithm>

#include "facts.h"
#include "stickyd/base/text.h"

namespace stickyd {
namespace {

constexpr size_t kLongestInFix = 4096;

bool IsPlainLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || c == '.';
}

// Settings as nested keys, `indent` blanks in.
std::string Nested(const std::vector<FixSetting>& settings, size_t indent) {
  std::string out;
  std::vector<std::string> open;
  for (const FixSetting& setting : settings) {
    std::vector<std::string> parts;
    ForEachPart(setting.path, '.', [&](std::string_view part) { parts.emplace_back(part); });
    size_t same = 0;
    while (same < open.size() && same + 1 < parts.size() && open[same] == parts[same]) ++same;
    open.resize(same);
    for (size_t i = same; i < parts.size(); ++i) {
      const bool last = i + 1 == parts.size();
      out += std::string(indent + 2 * i, ' ') + parts[i] + ":";
      // An empty object is the one value that is no scalar.
      const std::string value = setting.value == "{}" ? "{}" : YamlScalar(setting.value);
      out += last ? " " + value + "\n" : "\n";
      if (!last) open.push_back(parts[i]);
    }
  }
  return out;
}

}  // namespace

std::string YamlScalar(std::string_view text) {
  const bool word = !text.empty() && std::all_of(text.begin(), text.end(), IsPlainLetter) &&
                    text.front() != '-' && text.front() != '.';
  const bool number = text.find_first_not_of("0123456789.-") == npos;
  if (word && (!number || ParseNumber<int64_t>(text))) return std::string(text);
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string SuggestedCookieName(const ServiceConfig& service) {
  std::string name;
  for (const char c : BareName(service.name)) name += IsPlainLetter(c) && c != '.' ? c : '_';
  return name.substr(0, 60) + "_lb";
}

std::vector<FixSetting> SuggestedCookie(const ServiceConfig& service, bool secure) {
  std::vector<FixSetting> settings = {{"sticky.cookie.name", SuggestedCookieName(service)},
                                      {"sticky.cookie.httpOnly", "true"}};
  if (secure) settings.push_back({"sticky.cookie.secure", "true"});
  return settings;
}

Fix FixBySettings(const ServiceConfig& service, std::string text,
                  const std::vector<FixSetting>& settings) {
  Fix fix;
  fix.text = std::move(text);
  for (const FixSetting& setting : settings) {
    fix.edits.push_back(
        {FixEdit::Action::kSet, {"service", service.name}, setting.path, setting.value});
  }
  const bool weighted = service.kind == ServiceKind::kWeighted;
  const std::string name(BareName(service.name));
  fix.yaml = fmt::format("http:\n  services:\n    {}:\n      {}:\n", YamlScalar(name),
                         weighted ? "weighted" : "loadBalancer") +
             Nested(settings, 8);
  if (weighted) {
    fix.kubernetes = fmt::format(
        "apiVersion: traefik.io/v1alpha1\nkind: TraefikService\nmetadata:\n  name: {}\nspec:\n"
        "  weighted:\n",
        YamlScalar(name));
    fix.kubernetes += Nested(settings, 4);
    return fix;
  }
  fix.kubernetes = fmt::format(
      "# the entry of {} in an IngressRoute or TraefikService\nservices:\n  - name: {}\n",
      Printable(name), YamlScalar(name));
  fix.kubernetes += Nested(settings, 4);
  fix.kubernetes += "# or, for an Ingress, on the Service\nmetadata:\n  annotations:\n";
  for (const FixSetting& setting : settings) {
    const std::string lower = ToLower(setting.path);
    // One line each, whatever is in the names.
    fix.labels +=
        fmt::format("traefik.http.services.{}.loadbalancer.{}={}\n", Printable(name, kLongestInFix),
                    lower, Printable(setting.value, kLongestInFix));
    if (!setting.path.starts_with("sticky.")) continue;
    fix.kubernetes += fmt::format("    traefik.ingress.kubernetes.io/service.{}: {}\n", lower,
                                  setting.value == "true" ? "\"true\"" : YamlScalar(setting.value));
  }
  return fix;
}

Fix FixByRemoving(const ServiceConfig& service, std::string text, std::string path) {
  Fix fix = FixByWords(std::move(text));
  fix.edits.push_back({FixEdit::Action::kRemove, {"service", service.name}, std::move(path), ""});
  return fix;
}

}  // namespace stickyd
