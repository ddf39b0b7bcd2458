import Bootstrap
import HTTP
import NIOHTTP1

/// Where an engine outside answers and how long it may take.
struct EngineAddress: Sendable {
    /// What logs call it.
    let name: String
    /// Its address may be private, for the configuration file names it.
    let origin: UpstreamOrigin
    let path: String
    /// For all that one request asks.
    let timeout: Duration
    /// Sent with each call besides what every call has.
    var headers: HTTPHeaders = [:]

    /// Reads the address of an engine.
    ///
    /// - Parameters:
    ///   - name: What logs call it.
    ///   - url: `http://host:port`, with or without a path in front of the method.
    ///   - method: The last part of the path, with its slash.
    ///   - setting: The configuration's key that names the engine.
    ///   - timeout: How long a request's texts may take.
    /// - Throws: ``ConfigurationError`` for what is no address.
    init(
        _ name: String,
        url: String,
        method: String,
        setting: String,
        timeout: Duration
    ) throws(ConfigurationError) {
        guard let origin = UpstreamOrigin(url: url), let parts = try? URLParts(url), !parts.path.contains("?") else {
            throw ConfigurationError(key: setting, problem: "expected http://host:port without user or query")
        }
        var base = parts.path
        while base.hasSuffix("/") { base.removeLast() }
        self.name = name
        self.origin = origin
        path = base + method
        self.timeout = timeout
    }
}
