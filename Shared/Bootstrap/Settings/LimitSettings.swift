/// Rate limits, the defaults of keys whose plan names none.
///
/// ## Configuration keys:
/// - `limits.enabled` (on/off, on).
/// - `limits.backend` (memory or redis, memory): where counters live; redis when there are several meters.
/// - `limits.redis_url` (URL, none): `redis://…` or `rediss://…`, needed by the redis back end.
/// - `limits.default_rpm` (number, 600), `limits.default_tpm` (number, 200000), `limits.default_concurrency`
///   (number, 50): requests per window, tokens per window, requests at once; 0 is no limit.
/// - `limits.window` (duration, 1m), `limits.cleanup_interval` (duration, 1m).
/// - `limits.output_reserve` (number, 4096): output tokens set aside where a request names no maximum.
package struct LimitSettings: Hashable, Sendable {
    package enum Backend: String, CaseIterable, Hashable, Sendable {
        case memory
        case redis
    }

    package var enabled = true
    package var backend = Backend.memory
    package var redisURL = ""
    package var defaultRPM = 600
    package var defaultTPM = 200_000
    package var defaultConcurrency = 50
    package var window = Duration.seconds(60)
    package var cleanupInterval = Duration.seconds(60)
    package var outputReserve = 4096

    init(_ section: SettingsSection) throws(ConfigurationError) {
        enabled = try section.boolean("enabled", default: enabled)
        backend = try section.choice("backend", default: backend)
        redisURL = try section.text("redis_url", default: redisURL, expected: "a URL such as redis://host:6379") {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["redis", "rediss"])
        }
        defaultRPM = try section.integer("default_rpm", default: defaultRPM)
        defaultTPM = try section.integer("default_tpm", default: defaultTPM)
        defaultConcurrency = try section.integer("default_concurrency", default: defaultConcurrency)
        window = try section.duration("window", default: window, in: .seconds(1) ... .seconds(86_400))
        cleanupInterval = try section.duration(
            "cleanup_interval",
            default: cleanupInterval,
            in: .seconds(1) ... .seconds(86_400)
        )
        outputReserve = try section.integer("output_reserve", default: outputReserve)
        if backend == .redis, redisURL.isEmpty { throw section.error("backend", "redis needs limits.redis_url") }
    }
}

/// How long the router waits for providers.
///
/// ## Configuration keys:
/// - `timeouts.connect` (duration, 10s), `timeouts.first_byte` (duration, 120s), `timeouts.stall` (duration, 120s).
/// - `timeouts.request` (duration, 10m): all attempts together until the first content byte.
/// - `timeouts.stream` (duration, 60m): the longest stream.
package struct TimeoutSettings: Hashable, Sendable {
    package var connect = Duration.seconds(10)
    package var firstByte = Duration.seconds(120)
    package var stall = Duration.seconds(120)
    package var request = Duration.seconds(600)
    package var stream = Duration.seconds(3600)

    init(_ section: SettingsSection) throws(ConfigurationError) {
        connect = try section.duration("connect", default: connect)
        firstByte = try section.duration("first_byte", default: firstByte)
        stall = try section.duration("stall", default: stall)
        request = try section.duration("request", default: request)
        stream = try section.duration("stream", default: stream)
    }
}

/// Where the router may connect to.
///
/// ## Configuration keys:
/// - `egress.allow_private` (list, empty): `host:port` or ranges that are dialed although they are private.
/// - `egress.proxy` (URL, none): `http://`, `https://` or `socks5://` proxy for all outgoing traffic.
package struct EgressSettings: Hashable, Sendable {
    package var allowPrivate: [PrivateAddressRule] = []
    package var proxy = ""

    init(_ section: SettingsSection) throws(ConfigurationError) {
        allowPrivate = try section.parsedList(
            "allow_private",
            default: allowPrivate,
            expected: "host:port or a range such as 10.0.0.0/8",
            PrivateAddressRule.init
        )
        proxy = try section.text("proxy", default: proxy, expected: "a URL such as http://proxy:3128") {
            $0.isEmpty || WebAddress.isURL($0, schemes: ["http", "https", "socks5"])
        }
    }
}
