// SPDX-License-Identifier: Apache-2.0
#include "stickyd/session/identifier.h"

#include <re2/re2.h>

#include <algorithm>
#include <optional>

#include "client_finder.h"
#include "stickyd/base/cookie_header.h"
#include "stickyd/base/network.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// Session cookies of common frameworks, taken as identities unless the operator says otherwise.
constexpr std::string_view kWellKnownSessions[] = {
    "JSESSIONID", "PHPSESSID",       "ASP.NET_SessionId",   "connect.sid",
    "sessionid",  "laravel_session", "ci_session",          "_session_id",
    "CFID",       "SESSION",         ".AspNetCore.Session", "express.sid",
};
// Shorter values are no secrets, and may be shared by many ("deleted", "1").
constexpr size_t kShortestWellKnownValue = 16;

constexpr std::string_view kRedacted = "REDACTED";

std::unique_ptr<re2::RE2> Compile(std::string_view pattern) {
  re2::RE2::Options quiet;
  quiet.set_log_errors(false);
  return std::make_unique<re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), quiet);
}

re2::StringPiece Piece(std::string_view text) { return {text.data(), text.size()}; }

// The name of a log field. Those of headers hold them in Go's canonical form, X-Session-Id, however
// client or server wrote them.
std::string CanonicalField(std::string field) {
  for (const std::string_view kind : {"request_", "origin_", "downstream_"}) {
    if (!field.starts_with(kind)) continue;
    char before = '-';
    for (size_t i = kind.size(); i < field.size(); ++i) {
      const char c = ToLower(field[i]);
      field[i] = before == '-' && c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      before = c;
    }
  }
  return field;
}

struct Spec {
  enum class Kind { kCookie, kWellKnownCookie, kField, kExtra, kCapture };
  Kind kind = Kind::kCookie;
  size_t number = 0;                          // as configured
  uint64_t key = 0;                           // of its text
  std::string name;                           // of a cookie
  const Text AccessRecord::*field = nullptr;  // of kField, and of kCapture where it is known
  size_t extra = 0;                           // of kExtra, and of kCapture otherwise
  std::unique_ptr<re2::RE2> pattern;
};

struct Patterns {
  std::vector<std::unique_ptr<re2::RE2>> list;

  Status Add(const std::vector<std::string>& patterns) {
    for (const std::string& pattern : patterns) {
      list.push_back(Compile(pattern));
      if (!list.back()->ok()) {
        return Fail(ErrorCode::kInvalidInput, "'" + pattern + "': " + list.back()->error());
      }
    }
    return {};
  }
  bool Match(std::string_view text) const {
    return std::any_of(list.begin(), list.end(), [&](const auto& pattern) {
      return re2::RE2::PartialMatch(Piece(text), *pattern);
    });
  }
};

}  // namespace

class Identifier::Impl {
 public:
  explicit Impl(const KeyedHash& hash) : hash_(hash), clients_(hash) {}

  Status Configure(const IdentifierOptions& options) {
    for (const std::string& text : options.sessions) {
      if (auto status = AddSpec(text); !status) return status;
    }
    exclude_services_ = options.exclude.services;
    const Status steps[] = {
        clients_.Trust(options.trusted_proxies),
        AddNetworks(options.exclude.clients, exclude_clients_),
        exclude_paths_.Add(options.exclude.paths),
        exclude_agents_.Add(options.exclude.user_agents),
    };
    for (const Status& step : steps) {
      if (!step) return step;
    }
    return {};
  }

  const std::vector<std::string>& extra_fields() const { return extra_fields_; }
  const ClientFinder& clients() const { return clients_; }

  bool HasSession(const AccessRecord& record, size_t number) const {
    for (const Spec& spec : field_specs_) {
      if (spec.number == number) return Value(spec, record).has_value();
    }
    for (const Spec& spec : cookie_specs_) {
      if (spec.number == number) return HasCookie(record, spec.name);
    }
    return false;
  }

  void Identify(const AccessRecord& record, const IsStickyName& is_sticky_name,
                Observation& seen) const {
    // Behind a proxy that took TLS off, Traefik's http says nothing of the browser.
    if (seen.proxied && !record.forwarded_proto && !seen.https.value_or(true)) seen.https.reset();
    FindIdentity(record, is_sticky_name, seen);
    seen.excluded = Excluded(record, seen);
  }

 private:
  Status AddSpec(const std::string& text) {
    if (text == "none") return {};
    if (text == "auto") {
      for (const std::string_view name : kWellKnownSessions) {
        AddCookie(Spec::Kind::kWellKnownCookie, name);
      }
      return {};
    }
    if (text.starts_with("cookie:") && text.size() > 7) {
      AddCookie(Spec::Kind::kCookie, std::string_view(text).substr(7));
      return {};
    }
    if (text.starts_with("header:") && text.size() > 7)
      return AddField("request_" + text.substr(7), "");
    if (text == "username") return AddField("ClientUsername", "");
    if (text == "tls-subject") return AddField("TLSClientSubject", "");
    const size_t tilde = text.find('~');
    if (tilde != std::string::npos && tilde > 0 && tilde + 1 < text.size()) {
      return AddField(text.substr(0, tilde), text.substr(tilde + 1));
    }
    return Fail(
        ErrorCode::kInvalidInput,
        "'" + text +
            "' is not cookie:NAME, header:NAME, username, tls-subject, FIELD~RE2, auto or none");
  }

  static bool HasCookie(const AccessRecord& record, std::string_view wanted) {
    bool found = false;
    if (record.cookie) {
      ForEachCookie(*record.cookie, [&](std::string_view name, std::string_view) {
        found = name == wanted;
        return !found;
      });
    }
    if (!found && record.set_cookie) {
      ForEachSetCookie(*record.set_cookie,
                       [&](std::string_view name, std::string_view, std::string_view) {
                         found = name == wanted;
                         return !found;
                       });
    }
    return found;
  }

  static uint64_t SizeBit(std::string_view name) {
    return uint64_t{1} << std::min<size_t>(name.size(), 63);
  }

  void AddCookie(Spec::Kind kind, std::string_view name) {
    Spec spec;
    spec.kind = kind;
    spec.name = name;
    spec.key = hash_(HashUse::kSession, 0, name);
    spec.number = specs_++;
    cookie_name_sizes_ |= SizeBit(name);
    cookie_specs_.push_back(std::move(spec));
  }

  Status AddField(const std::string& name, const std::string& pattern) {
    const std::string field = CanonicalField(name);
    Spec spec;
    spec.key = hash_(HashUse::kSession, 1, field + '~' + pattern);
    spec.kind = pattern.empty() ? Spec::Kind::kField : Spec::Kind::kCapture;
    spec.number = specs_++;
    spec.field = AccessRecord::Field(field);
    if (spec.field == nullptr) {
      if (extra_fields_.size() >= kMostExtraFields) {
        return Fail(ErrorCode::kLimit, "more than 4 fields of their own");
      }
      spec.extra = extra_fields_.size();
      extra_fields_.push_back(field);
      if (pattern.empty()) spec.kind = Spec::Kind::kExtra;
    }
    if (!pattern.empty()) {
      spec.pattern = Compile(pattern);
      if (!spec.pattern->ok()) {
        return Fail(ErrorCode::kInvalidInput, "'" + pattern + "': " + spec.pattern->error());
      }
    }
    field_specs_.push_back(std::move(spec));
    return {};
  }

  Text Value(const Spec& spec, const AccessRecord& record) const {
    const Text value = spec.field != nullptr ? record.*spec.field : record.extra[spec.extra];
    if (!value || *value == kRedacted || *value == "-" || value->empty()) return {};
    if (spec.kind != Spec::Kind::kCapture) return value;
    re2::StringPiece found[2];
    const int groups = std::min(spec.pattern->NumberOfCapturingGroups(), 1);
    if (!spec.pattern->Match(Piece(*value), 0, value->size(), re2::RE2::UNANCHORED, found,
                             groups + 1)) {
      return {};
    }
    const re2::StringPiece& piece = found[groups];
    return piece.empty() ? Text() : Text(std::string_view(piece.data(), piece.size()));
  }

  static bool Usable(const Spec& spec, std::string_view value) {
    return value.size() >= (spec.kind == Spec::Kind::kCookie ? 1 : kShortestWellKnownValue);
  }

  void FindIdentity(const AccessRecord& record, const IsStickyName& is_sticky_name,
                    Observation& seen) const {
    for (const Spec& spec : field_specs_) {
      if (const Text value = Value(spec, record)) {
        seen.identity = IdentityKey(seen, spec, *value);
        break;
      }
    }
    if (cookie_specs_.empty()) return;
    if (seen.identity == 0 && record.cookie) {
      ForEachCookie(*record.cookie, [&](std::string_view name, std::string_view value) {
        seen.identity = CookieIdentity(name, value, is_sticky_name, seen);
        return seen.identity == 0;
      });
    }
    if (record.set_cookie && *record.set_cookie != kRedacted) {
      ForEachSetCookie(*record.set_cookie,
                       [&](std::string_view name, std::string_view value, std::string_view) {
                         seen.new_identity = CookieIdentity(name, value, is_sticky_name, seen);
                         return seen.new_identity == 0;
                       });
    }
  }

  uint64_t CookieIdentity(std::string_view name, std::string_view value,
                          const IsStickyName& is_sticky_name, const Observation& seen) const {
    if ((cookie_name_sizes_ & SizeBit(name)) == 0) return 0;  // most cookies
    for (const Spec& spec : cookie_specs_) {
      if (spec.name != name || !Usable(spec, value)) continue;
      if (!is_sticky_name(*seen.route, name)) return IdentityKey(seen, spec, value);
    }
    return 0;
  }

  uint64_t IdentityKey(const Observation& seen, const Spec& spec, std::string_view value) const {
    return hash_(HashUse::kIdentity, seen.route->scope_key ^ spec.key, value);
  }

  ExcludeReason Excluded(const AccessRecord& record, const Observation& seen) const {
    if (record.method.value_or("") == "OPTIONS") return ExcludeReason::kPreflight;
    const std::string_view agent = record.user_agent.value_or("");
    if (agent.starts_with("stickyd-probe/")) return ExcludeReason::kProbe;
    if (!exclude_paths_.list.empty() && exclude_paths_.Match(record.path.value_or(""))) {
      return ExcludeReason::kPath;
    }
    if (!exclude_agents_.list.empty() && exclude_agents_.Match(agent)) {
      return ExcludeReason::kUserAgent;
    }
    if (!exclude_clients_.empty() && AnyContains(exclude_clients_, clients_.TextOf(record))) {
      return ExcludeReason::kClient;
    }
    if (!exclude_services_.empty()) {
      const std::string_view service = record.service ? *record.service
                                       : seen.route->leaf() != nullptr
                                           ? std::string_view(seen.route->leaf()->name)
                                           : std::string_view(seen.route->router);
      for (const std::string& name : exclude_services_) {
        if (name == service) return ExcludeReason::kService;
      }
    }
    return ExcludeReason::kNone;
  }

  const KeyedHash hash_;
  size_t specs_ = 0;
  std::vector<Spec> field_specs_;  // tried first
  std::vector<Spec> cookie_specs_;
  uint64_t cookie_name_sizes_ = 0;  // a bit for each size that their names have
  std::vector<std::string> extra_fields_;
  ClientFinder clients_;
  std::vector<Network> exclude_clients_;
  Patterns exclude_paths_;
  Patterns exclude_agents_;
  std::vector<std::string> exclude_services_;
};

Identifier::Identifier(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Identifier::~Identifier() = default;

Result<std::unique_ptr<Identifier>> Identifier::Create(const IdentifierOptions& options,
                                                       const KeyedHash& hash) {
  auto impl = std::make_unique<Impl>(hash);
  if (auto status = impl->Configure(options); !status) return tl::unexpected(status.error());
  return std::unique_ptr<Identifier>(new Identifier(std::move(impl)));
}

const std::vector<std::string>& Identifier::extra_fields() const { return impl_->extra_fields(); }
bool Identifier::HasSession(const AccessRecord& record, size_t session) const {
  return impl_->HasSession(record, session);
}
uint64_t Identifier::ClientKeyIn(uint64_t scope_key, const AccessRecord& record) const {
  return impl_->clients().KeyIn(scope_key, record);
}

void Identifier::FindClient(const AccessRecord& record, Observation& observation) const {
  impl_->clients().Find(record, observation);
}

void Identifier::Identify(const AccessRecord& record, const IsStickyName& is_sticky_name,
                          Observation& observation) const {
  impl_->Identify(record, is_sticky_name, observation);
}

}  // namespace stickyd
