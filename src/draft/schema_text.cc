// SPDX-License-Identifier: Apache-2.0
// schema_text.cc: the keys that Traefik reads, of v2.11 and v3.7 together.
// Role:    schema.cc reads it.
// Shape:   one key a line, indented by two below the key that holds it. Behind the key: its type
//          (text, unless bool, int, list, map, objects or any is said, or keys are below it), `!`
//          if it may stand there without any value, `@3.4` if it is read since that version, `v2`
//          if v3 does not read it, `label` or `file` if only these have it. `*` is any name. `any`
//          is not looked into, and `kept` neither, but it stays as it is written.
// Source:  Traefik's pkg/config/dynamic and pkg/config/static, v2.11.53 and v3.7.9.
#include "schema.h"

namespace stickyd {

const std::string_view kDynamicKeys = R"(http
  routers
    *
      entryPoints list
      middlewares list
      service
      rule
      parentRefs list @3.6
      ruleSyntax @3.0
      priority int
      tls !
        options
        certResolver
        domains objects
          main
          sans list
      observability @3.3
        accessLogs bool
        metrics bool
        tracing bool
        traceVerbosity @3.5
  services
    *
      middlewares list @3.6
      loadBalancer
        sticky !
          cookie !
            name
            secure bool
            httpOnly bool
            sameSite
            maxAge int @3.0
            path @3.3
            domain @3.4
        servers objects file
          url
          weight int @3.0
          preservePath bool @3.2
        server label
          url
          scheme
          port
          weight int @3.0
          preservePath bool @3.2
        strategy @3.4
        healthCheck
          scheme
          mode @3.0
          path
          method
          status int @3.0
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
        passHostHeader bool
        responseForwarding
          flushInterval
        serversTransport
      highestRandomWeight @3.6
        services objects
          name
          weight int
        healthCheck !
      weighted
        services objects
          name
          weight int
        sticky
          cookie !
            name
            secure bool
            httpOnly bool
            sameSite
            maxAge int @3.0
            path @3.3
            domain @3.4
        healthCheck !
      mirroring
        service
        mirrorBody bool @3.2
        maxBodySize int
        mirrors objects
          name
          percent int
        healthCheck !
      failover
        service
        fallback
        healthCheck !
        errors @3.7
          maxRequestBodyBytes int
          status list
  middlewares
    *
      addPrefix
        prefix
      stripPrefix
        prefixes list
        forceSlash bool
      stripPrefixRegex
        regex list
      replacePath
        path
      replacePathRegex
        regex
        replacement
      chain
        middlewares list
      ipWhiteList
        sourceRange list
        ipStrategy ! any
      ipAllowList @2.11
        sourceRange list
        ipStrategy ! any
        rejectStatusCode int @3.0
      headers
        customRequestHeaders map
        customResponseHeaders map
        accessControlAllowCredentials bool
        accessControlAllowHeaders list
        accessControlAllowMethods list
        accessControlAllowOriginList list
        accessControlAllowOriginListRegex list
        accessControlExposeHeaders list
        accessControlMaxAge int
        addVaryHeader bool
        allowedHosts list
        hostsProxyHeaders list
        sslRedirect bool
        sslTemporaryRedirect bool
        sslHost
        sslProxyHeaders map
        sslForceHost bool
        stsSeconds int
        stsIncludeSubdomains bool
        stsPreload bool
        forceSTSHeader bool
        frameDeny bool
        customFrameOptionsValue
        contentTypeNosniff bool
        browserXssFilter bool
        customBrowserXSSValue
        contentSecurityPolicy
        contentSecurityPolicyReportOnly @3.1
        publicKey
        referrerPolicy
        featurePolicy
        permissionsPolicy
        isDevelopment bool
      encodedCharacters any
      errors
        status list
        statusRewrites map @3.4
        service
        query
        errorRequestHeaders list
      rateLimit any
      redirectRegex
        regex
        replacement
        permanent bool
      redirectScheme
        scheme
        port
        permanent bool
      basicAuth any
      digestAuth any
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
      inFlightReq any
      buffering any
      circuitBreaker any
      compress ! any
      passTLSClientCert any
      retry
        attempts int
        timeout @3.7
        initialInterval
        maxRequestBodyBytes int @3.7
        status list @3.7
        disableRetryOnNetworkError bool @3.7
        retryNonIdempotentMethod bool @3.7
      contentType ! any
      grpcWeb any @3.0
      plugin any
  models any
  serversTransports
    *
      serverName
      insecureSkipVerify bool
      rootCAs list
      certificates any
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
tcp any
udp any
tls any
)";

const std::string_view kStaticKeys = R"(global any
serversTransport any
tcpServersTransport any @3.0
entryPoints
  *
    address
    allowACMEByPass bool
    reusePort bool @3.0
    asDefault bool @3.0
    transport any
    proxyProtocol !
      insecure bool
      trustedIPs list
    forwardedHeaders
      insecure bool
      trustedIPs list
      connection list
      notAppendXForwardedFor bool
    http
      redirections
        entryPoint
          to
          scheme
          permanent bool
          priority int
      middlewares list
      tls !
        options
        certResolver
        domains objects
          main
          sans list
      encodedCharacters any
      encodeQuerySemicolons bool
      sanitizePath bool
      maxHeaderBytes int
      underscoreHeadersStrategy
    http2 any
    http3 ! any
    udp any
    observability any @3.3
providers
  providersThrottleDuration
  precedence list
  docker !
    exposedByDefault bool
    constraints
    allowEmptyServices bool
    network
    useBindPortIP bool
    watch bool
    defaultRule
    username
    password
    endpoint
    tls any
    httpClientTimeout
    swarmMode bool v2
    swarmModeRefreshSeconds v2
  swarm ! @3.0
    exposedByDefault bool
    constraints
    allowEmptyServices bool
    network
    useBindPortIP bool
    watch bool
    defaultRule
    username
    password
    endpoint
    tls any
    httpClientTimeout
    refreshSeconds
  file
    directory
    watch bool
    filename
    debugLogGeneratedTemplate bool
  marathon ! any v2
  kubernetesIngress ! kept
  kubernetesIngressNGINX ! kept @3.5
  kubernetesCRD ! kept
  kubernetesGateway ! kept
  knative ! any @3.6
  rest ! any
  rancher ! any v2
  consulCatalog ! any
  nomad ! any
  ecs ! any
  consul ! any
  etcd ! any
  zooKeeper ! any
  redis ! any
  http ! any
  plugin any
api !
  basePath @3.3
  insecure bool
  dashboard bool
  debug bool
  disableDashboardAd bool
  dashboardName
metrics any
ping ! any
log ! any
accessLog !
  filePath
  format
  filters
    statusCodes list
    retryAttempts bool
    minDuration
  fields
    defaultMode
    names map
    headers
      defaultMode
      names map
    queryParameters any
  bufferingSize int
  addInternals bool @3.0
  dualOutput bool
  otlp ! any @3.3
tracing ! any
hostResolver ! any
certificatesResolvers any
pilot any v2
hub any v2
experimental any
core any @3.0
spiffe any @3.0
ocsp ! any @3.5
)";

}  // namespace stickyd
