// SPDX-License-Identifier: Apache-2.0
// kube_schema_text.cc: the keys of Traefik's own kinds of objects in Kubernetes, and its
//                      annotations, of v2.11 and v3.7 together.
// Shape:   as schema_text.cc. A key `=name` stands for the keys of that root; `=middlewares` for
//          those of the file provider's middlewares that are not named beside it.
// Source:  Traefik's pkg/provider/kubernetes/crd/traefikio/v1alpha1 and ingress, v2.11.53 and
//          v3.7.9.
#include <algorithm>
#include <map>

#include "kube_reader.h"

namespace stickyd {

const std::string_view kKubeKeys = R"(cookie
  name
  secure bool
  httpOnly bool
  sameSite
  maxAge int @3.0
  path @3.3
  domain @3.4
reference
  name
  namespace
balancer
  name
  kind
  namespace
  port
  scheme
  weight int
  strategy
  passHostHeader bool
  nativeLB bool
  nodePortLB bool @3.1
  serversTransport
  sticky
    cookie !
      =cookie
  responseForwarding
    flushInterval
  middlewares objects @3.7
    =reference
  healthCheck @3.1
    scheme
    mode
    path
    method
    status int
    port int
    interval
    unhealthyInterval @3.5
    timeout
    hostname
    followRedirects bool
    headers map
  passiveHealthCheck @3.6
    failureWindow
    maxFailedAttempts int
IngressRoute
  ingressClassName @3.7
  entryPoints list
  parentRefs objects @3.6
    =reference
  routes objects
    match
    kind
    priority int
    syntax @3.0
    services objects
      =balancer
    middlewares objects
      =reference
    observability ! @3.3
      accessLogs bool
      metrics bool
      tracing bool
      traceVerbosity @3.5
  tls !
    secretName
    options
      =reference
    store
      =reference
    certResolver
    domains objects
      main
      sans list
TraefikService
  weighted
    services objects
      =balancer
    sticky
      cookie !
        =cookie
  mirroring
    =balancer
    mirrorBody bool @3.2
    maxBodySize int
    mirrors objects
      =balancer
      percent int
  highestRandomWeight @3.6
    services objects
      =balancer
  failover @3.7
    service
      =balancer
    fallback
      =balancer
    errors
      status list
      maxRequestBodyBytes int
Middleware
  chain
    middlewares objects
      =reference
  errors
    status list
    statusRewrites map @3.4
    query
    errorRequestHeaders list
    service
      =balancer
  forwardAuth
    address
    tls any
    trustForwardHeader bool
    authResponseHeaders list
    authResponseHeadersRegex
    authRequestHeaders list
    maxResponseBodySize int
    addAuthCookiesToResponse list @3.0
    headerField @3.2
    forwardBody bool @3.3
    maxBodySize int @3.3
    preserveLocationHeader bool @3.3
    preserveRequestMethod bool @3.3
    authSigninURL
  =middlewares
ServersTransport
  serverName
  insecureSkipVerify bool
  rootCAs any @3.4
  rootCAsSecrets list
  certificatesSecrets list
  cipherSuites list
  minVersion
  maxVersion
  maxIdleConnsPerHost int
  forwardingTimeouts
    dialTimeout
    responseHeaderTimeout
    idleConnTimeout
    readIdleTimeout
    pingTimeout
  disableHTTP2 bool
  peerCertURI
  spiffe ! any @3.0
annotations
  router
    pathMatcher
    entryPoints list
    middlewares list
    priority int
    ruleSyntax @3.0
    tls !
      options
      certResolver
      domains objects
        main
        sans list
    observability ! @3.3
      accessLogs bool
      metrics bool
      tracing bool
      traceVerbosity @3.5
  service
    serversScheme
    serversTransport
    passHostHeader bool
    middlewares list @3.7
    nativeLB bool
    nodePortLB bool @3.1
    sticky !
      cookie !
        =cookie
)";

namespace {

using Templates = std::map<std::string, std::vector<SchemaKey>, std::less<>>;

// Writes `=name` out. Templates stand in front of what uses them.
void WriteOut(const Templates& templates, SchemaKey& key) {
  std::vector<SchemaKey> keys;
  for (SchemaKey& below : key.keys) {
    if (!below.name.starts_with('=')) {
      WriteOut(templates, below);
      keys.push_back(std::move(below));
      continue;
    }
    for (const SchemaKey& each : templates.find(std::string_view(below.name).substr(1))->second) {
      const bool there = std::any_of(keys.begin(), keys.end(),
                                     [&](const SchemaKey& own) { return own.name == each.name; });
      if (!there) keys.push_back(each);
    }
  }
  key.keys = std::move(keys);
}

SchemaKey WrittenOut() {
  SchemaKey root = SchemaOf(kKubeKeys);
  Templates templates;
  templates["middlewares"] = DynamicSchema().Find("http")->Find("middlewares")->Find("any")->keys;
  for (SchemaKey& kind : root.keys) {
    WriteOut(templates, kind);
    templates[kind.name] = kind.keys;
  }
  return root;
}

}  // namespace

const SchemaKey& KubeSchema(std::string_view kind) {
  static const SchemaKey schema = WrittenOut();
  return *schema.Find(kind);
}

}  // namespace stickyd
