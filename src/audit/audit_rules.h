// SPDX-License-Identifier: Apache-2.0
// audit_rules.h: how a rule of the audit looks at a configuration and says what it found.
// Role:    audit.cc runs the rows of rule_table.cc; the functions are in *_rules.cc.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include "facts.h"
#include "fixes.h"
#include "stickyd/audit/audit.h"

namespace stickyd {

// What a rule looks at.
struct AuditScan {
  const AuditInput& input;
  const TraefikConfig& config;  // the newest one
  const Facts& facts;

  // Of files: how many servers it has, and where they are, shows after the deploy only.
  bool IsNumberUnknown(const ServiceConfig& service) const {
    return input.draft != nullptr && input.draft->unknown_number.contains(service.name);
  }
  // Of files: they say the name of the cookie, even if it is the one that Traefik would make.
  bool IsNameWritten(const ServiceConfig& service) const {
    return input.draft != nullptr && input.draft->named_cookies.contains(service.name);
  }
  bool AreAddressesUnknown(const ServiceConfig& service) const {
    return input.draft != nullptr &&
           (input.draft->unknown_addresses.contains(service.name) || IsNumberUnknown(service));
  }
};

// Takes the findings of one rule.
class FindingList {
 public:
  explicit FindingList(const AuditRuleInfo& rule) : rule_(rule) {}

  // The finding is complete but for `objects` beyond the service's own, `fix` and `detail`.
  struct Place {
    std::string service;                 // empty: all of Traefik
    std::vector<FindingObject> objects;  // beside the service
  };
  // Null if there are too many already.
  Finding& Add(FindingLevel level, Place place, std::string text, Fix fix);

  std::vector<Finding> Take();

 private:
  const AuditRuleInfo& rule_;
  std::vector<Finding> findings_;
  Finding beyond_;
  size_t left_out_ = 0;
};

struct AuditRule {
  AuditRuleInfo info;
  void (*look)(const AuditScan& scan, FindingList& out);
};
const std::vector<AuditRule>& AuditRuleTable();

// "a, b and 3 more"
std::string ListOf(const std::vector<std::string>& names, size_t most = 6);
std::vector<FindingObject> ObjectsOf(std::string_view kind, const std::vector<std::string>& names);
std::vector<std::string> NamesOf(const std::vector<const RouterConfig*>& routers);
// All its ways are by TLS.
bool IsAllSecure(const Reach& reach);

// One for each row of the table, in the order of the files they are in.
namespace audit_rules {
void NotSticky(const AuditScan& scan, FindingList& out);
void UnusedTwin(const AuditScan& scan, FindingList& out);
void EmptySticky(const AuditScan& scan, FindingList& out);
void StrategyIgnoresCookie(const AuditScan& scan, FindingList& out);
void SingleServer(const AuditScan& scan, FindingList& out);
void ServerOut(const AuditScan& scan, FindingList& out);
void OddServerUrl(const AuditScan& scan, FindingList& out);
void RetryWithoutHealthCheck(const AuditScan& scan, FindingList& out);
void NginxUnread(const AuditScan& scan, FindingList& out);
void GatewayPersistence(const AuditScan& scan, FindingList& out);

void NestedLevel(const AuditScan& scan, FindingList& out);
void NestedSameName(const AuditScan& scan, FindingList& out);
void ChildHealth(const AuditScan& scan, FindingList& out);
void FailoverByStatus(const AuditScan& scan, FindingList& out);

void SharedName(const AuditScan& scan, FindingList& out);
void OnePoolTwoCookies(const AuditScan& scan, FindingList& out);
void OnePoolOneCookie(const AuditScan& scan, FindingList& out);

void CookieSameSite(const AuditScan& scan, FindingList& out);
void SecureOverPlain(const AuditScan& scan, FindingList& out);
void HostsWithoutDomain(const AuditScan& scan, FindingList& out);
void DomainDoesNotCover(const AuditScan& scan, FindingList& out);
void NarrowPath(const AuditScan& scan, FindingList& out);
void CookieLifetime(const AuditScan& scan, FindingList& out);
void FamousCookieName(const AuditScan& scan, FindingList& out);
void DefaultName(const AuditScan& scan, FindingList& out);
void CrossSite(const AuditScan& scan, FindingList& out);
void FrozenExpires(const AuditScan& scan, FindingList& out);

void ApiPublic(const AuditScan& scan, FindingList& out);

void DisabledRouter(const AuditScan& scan, FindingList& out);
void TrustsAnybody(const AuditScan& scan, FindingList& out);
void ErrorPages(const AuditScan& scan, FindingList& out);
void ChangesCookies(const AuditScan& scan, FindingList& out);
void AuthCookieKept(const AuditScan& scan, FindingList& out);
void ManyServices(const AuditScan& scan, FindingList& out);
void AccessLogKeeps(const AuditScan& scan, FindingList& out);
void UpgradeMoves(const AuditScan& scan, FindingList& out);

void BrokenFile(const AuditScan& scan, FindingList& out);
void UnreadKey(const AuditScan& scan, FindingList& out);
void DefinedTwice(const AuditScan& scan, FindingList& out);
void UnusedService(const AuditScan& scan, FindingList& out);
void NotKnownYet(const AuditScan& scan, FindingList& out);

void ConfigChanged(const AuditScan& scan, FindingList& out);
void OneNameTwoDefinitions(const AuditScan& scan, FindingList& out);
void WeightWentToZero(const AuditScan& scan, FindingList& out);
void ReplicasDiffer(const AuditScan& scan, FindingList& out);
}  // namespace audit_rules

}  // namespace stickyd
