import Secrets

/// Seals and opens the book's secrets, each bound to the row it stands in.
///
/// What was opened is known to the redactor from then on, so that no log shows it.
struct BookVault: Sendable {
    private let envelope: Envelope

    init(_ envelope: Envelope) {
        self.envelope = envelope
    }

    // MARK: Credentials

    func seal(key secret: String, account id: String) throws(SecretsError) -> [UInt8] {
        Redactor.shared.add(secret: secret)
        return try envelope.seal(secret, identity: Self.place(account: id))
    }

    func key(of account: AccountRow) throws(SecretsError) -> String? {
        guard let sealed = account.apiKey else { return nil }
        let secret = try open(sealed, Self.place(account: account.id))
        Redactor.shared.add(secret: secret)
        return secret
    }

    // MARK: Proxies

    func seal(urls: [ProxyURL], proxy id: String) throws(SecretsError) -> [UInt8] {
        for url in urls { url.redact() }
        return try envelope.seal(BookLines.join(urls.map(\.text)), identity: Self.place(proxy: id))
    }

    func urls(of proxy: ProxyRow) throws(SecretsError) -> [ProxyURL] {
        let text = try open(proxy.url, Self.place(proxy: proxy.id))
        var urls: [ProxyURL] = []
        for line in BookLines.split(text) {
            guard let url = try? ProxyURL(line) else { throw .malformedEnvelope }
            url.redact()
            urls.append(url)
        }
        guard !urls.isEmpty else { throw .malformedEnvelope }
        return urls
    }

    // MARK: Rotation

    /// Seals with the current key what an older one sealed; what does not open stays as it is.
    func rotate(_ rows: inout BookRows) {
        for (id, account) in rows.accounts {
            guard let sealed = account.apiKey, let fresh = rotated(sealed, Self.place(account: id)) else { continue }
            rows.accounts[id]?.apiKey = fresh
        }
        for (id, proxy) in rows.proxies {
            guard let fresh = rotated(proxy.url, Self.place(proxy: id)) else { continue }
            rows.proxies[id]?.url = fresh
        }
    }

    private func rotated(_ sealed: [UInt8], _ place: String) -> [UInt8]? {
        guard envelope.needsRotation(sealed), let secret = try? envelope.open(sealed, identity: place) else {
            return nil
        }
        return try? envelope.seal(secret, identity: place)
    }

    private func open(_ sealed: [UInt8], _ place: String) throws(SecretsError) -> String {
        String(decoding: try envelope.open(sealed, identity: place), as: UTF8.self)
    }

    private static func place(account id: String) -> String { "account/\(id)/api_key" }
    private static func place(proxy id: String) -> String { "proxy/\(id)/url" }
}
