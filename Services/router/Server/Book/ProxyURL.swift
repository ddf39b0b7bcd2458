import HTTP
import Secrets

/// The address of a proxy, with its credential; prints without it.
struct ProxyURL: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// As it was given: for the connection and nothing else.
    let text: String
    /// Scheme, host and port.
    let display: String
    let destination: HostPort

    init(_ text: String) throws(RuleError) {
        guard text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw RuleError("expected http://host:port or socks5://host:port, without white space")
        }
        let address: ProxyAddress
        let parts: URLParts
        do throws(URLError) {
            address = try ProxyAddress.parse(text)
            parts = try URLParts(text)
        } catch {
            throw RuleError("expected http://host:port or socks5://host:port; \(error.problem)")
        }
        self.text = text
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        display = "\(parts.scheme)://\(host):\(address.port)"
        destination = HostPort(host: address.host, port: address.port)
    }

    /// Takes the address and its password out of every log; one without a password is no secret.
    func redact() {
        guard let password = try? ProxyAddress.parse(text).password else { return }
        Redactor.shared.add(secret: password)
        Redactor.shared.add(secret: text)
    }

    var description: String { display }
    var debugDescription: String { display }
    var customMirror: Mirror { Mirror(self, children: []) }
}

extension [ProxyURL] {
    /// Reads the addresses of a pool: 1 to ``RouterCaps/addresses``, each once.
    init(pool texts: [String]) throws(RuleError) {
        guard (1...RouterCaps.addresses).contains(texts.count) else {
            throw RuleError("expected 1 to \(RouterCaps.addresses) addresses")
        }
        self = []
        for text in texts {
            let url = try ProxyURL(text)
            guard !contains(url) else { throw RuleError("\(url.display) stands there twice") }
            append(url)
        }
    }

    /// The addresses without their credentials.
    var display: String { map(\.display).joined(separator: ", ") }
}
