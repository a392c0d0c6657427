// SPDX-License-Identifier: Apache-2.0
#include "client_finder.h"

#include "stickyd/base/text.h"
#include "stickyd/model/rule.h"

namespace stickyd {
namespace {

// Everything about a client derives from one keyed hash of its address, which is secret; what is
// mixed into that needs no second one.
uint64_t Derive(uint64_t secret, uint64_t value) {
  uint64_t mixed = (secret ^ value) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 32U)) * 0xD6E8FEB86659FD93U;
  mixed ^= mixed >> 32U;
  return mixed == 0 ? 1 : mixed;
}

// A connection is a port of an address.
uint64_t ConnectionKey(uint64_t address, std::string_view port) {
  return Derive(address, 0x10000U | (ParseDigits(port).value_or(0) & 0xFFFFU));
}

// `agent`: its hash, 0 where it is not logged.
uint64_t ClientKey(uint64_t address, uint64_t agent) {
  return Derive(address, Applies(Rule::kAgentInKey) ? agent : 0);
}

// `address:port` or `[address]:port`.
struct Peer {
  std::string_view address, port;

  explicit Peer(std::string_view text) {
    size_t colon = text.size();
    while (colon > 0 && text[colon - 1] != ':') --colon;
    port = text.substr(colon);
    address = text.substr(0, colon > 0 ? colon - 1 : text.size());
    if (address.starts_with('[') && address.ends_with(']')) {
      address = address.substr(1, address.size() - 2);
    }
  }
};

}  // namespace

Status AddNetworks(const std::vector<std::string>& texts, std::vector<Network>& networks) {
  for (const std::string& text : texts) {
    const auto network = Network::Parse(text);
    if (!network) return Fail(ErrorCode::kInvalidInput, "'" + text + "' is not a network");
    networks.push_back(*network);
  }
  return {};
}

void ClientFinder::Find(const AccessRecord& record, Observation& seen) const {
  const Peer addr(record.client_addr.value_or(""));
  const std::string_view peer = addr.address;
  const std::string_view host = record.client_host.value_or(peer);
  // No proxy in between: a proxy's connections carry everybody.
  const bool direct = !peer.empty() && host == peer && !IsTrusted(peer);
  const std::string_view client = direct ? peer : ClientOf(host);
  seen.proxied = record.via.has_value();
  if (!direct) seen.proxied |= !peer.empty() || host.find(',') != std::string_view::npos;
  const uint64_t agent = AgentHash(record);
  seen.agent = agent == 0 ? 0 : Tag(agent);
  if (client.empty()) return;
  seen.claimed = IsClaimed(peer, host);
  seen.address = AddressKey(seen.route->scope_key, client, seen.claimed);
  seen.client = ClientKey(seen.address, agent);
  seen.group = GroupKey(seen, client);
  if (direct) seen.connection = ConnectionKey(seen.address, addr.port);
}

uint64_t ClientFinder::KeyIn(uint64_t scope_key, const AccessRecord& record) const {
  const std::string_view client = TextOf(record);
  if (client.empty()) return 0;
  const std::string_view peer = Peer(record.client_addr.value_or("")).address;
  const bool claimed = IsClaimed(peer, record.client_host.value_or(peer));
  return ClientKey(AddressKey(scope_key, client, claimed), AgentHash(record));
}

// The right-most entry that is not a trusted proxy; the left-most can be anybody's invention.
std::string_view ClientFinder::ClientOf(std::string_view list) const {
  if (!Applies(Rule::kRightmostClient))
    return AddressWithoutPort(Trim(list.substr(0, list.find(','))));
  for (;;) {
    const size_t comma = list.rfind(',');
    const std::string_view entry =
        AddressWithoutPort(Trim(comma == std::string_view::npos ? list : list.substr(comma + 1)));
    if (!entry.empty() && !IsTrusted(entry)) return entry;
    if (comma == std::string_view::npos) return {};
    list = list.substr(0, comma);
  }
}

std::string_view ClientFinder::TextOf(const AccessRecord& record) const {
  return ClientOf(record.client_host.value_or(Peer(record.client_addr.value_or("")).address));
}

// The log's client is not the peer, and the peer is no proxy that the operator knows.
bool ClientFinder::IsClaimed(std::string_view peer, std::string_view host) const {
  return !peer.empty() && host != peer && !IsTrusted(peer);
}

// What is claimed has keys of its own: no claim touches the memory of whom an address belongs to.
uint64_t ClientFinder::AddressKey(uint64_t scope_key, std::string_view client, bool claimed) const {
  return hash_(claimed ? HashUse::kClaimedAddress : HashUse::kAddress, scope_key, client);
}

uint64_t ClientFinder::AgentHash(const AccessRecord& record) const {
  return record.user_agent ? hash_(HashUse::kAgent, 0, *record.user_agent) : 0;
}

// Whoever has an IPv6 address has 2^64 of them.
uint64_t ClientFinder::GroupKey(const Observation& seen, std::string_view client) const {
  if (client.find(':') == std::string_view::npos) return seen.address;
  const auto half = Network::UpperHalf(client);
  if (!half) return seen.address;
  return hash_(seen.claimed ? HashUse::kClaimedNetwork : HashUse::kNetwork, seen.route->scope_key,
               {half->data(), half->size()});
}

}  // namespace stickyd
