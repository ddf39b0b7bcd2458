import Dialects
import HTTP

/// Finds the API key in a request, wherever the client libraries put it.
enum ClientKey {
    static let missing = ClientError(
        .authentication,
        "no API key: send it as Authorization: Bearer kr_…, as x-api-key or as x-goog-api-key"
    )
    static let unknown = ClientError(.authentication, "this API key is not known here")

    /// What a request says of its key, as it came.
    struct Sent: Equatable {
        private let authorization: String?
        private let apiKey: String?
        private let googleKey: String?
        /// The query, in the dialect whose clients may put the key there.
        private let query: Substring?

        init(_ exchange: HTTPExchange, isGemini: Bool) {
            self.init({ exchange.field($0) }, query: isGemini ? exchange.query : nil)
        }

        init(_ call: ChatCall) {
            self.init(call.exchange, isGemini: call.dialect == .gemini)
        }

        init(_ field: (String) -> String?, query: Substring? = nil) {
            authorization = field("authorization")
            apiKey = field("x-api-key")
            googleKey = field("x-goog-api-key")
            self.query = query
        }

        /// `Authorization: Bearer KEY`, `Authorization: KEY`, `x-api-key: KEY` or `x-goog-api-key: KEY`, in this order; then the
        /// query's `key=KEY`.
        ///
        /// The query goes no further than this: it is neither logged nor sent to a provider.
        var key: String? {
            if let authorization {
                let key = trimmed(bearer(authorization))
                if !key.isEmpty { return String(key) }
            }
            for value in [apiKey, googleKey] {
                guard let value else { continue }
                let key = trimmed(value[...])
                if !key.isEmpty { return String(key) }
            }
            for field in (query ?? "").split(separator: "&") where field.hasPrefix("key=") {
                guard let key = ModelPath.decoded(field.dropFirst("key=".count)), !key.isEmpty else { continue }
                return key
            }
            return nil
        }
    }

    private static func bearer(_ value: String) -> Substring {
        let scheme: StaticString = "bearer "
        let length = scheme.utf8CodeUnitCount
        let isBearer = value.utf8.withContiguousStorageIfAvailable { bytes in
            bytes.count >= length && (0..<length).allSatisfy { bytes[$0] | 0x20 == scheme.utf8Start[$0] }
        }
        guard isBearer ?? false else { return value[...] }
        return value[value.utf8.index(value.startIndex, offsetBy: length)...]
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while text.utf8.first == 0x20 { text = text.dropFirst() }
        while text.utf8.last == 0x20 { text = text.dropLast() }
        return text
    }
}

/// A key that a connection has sent and its digest: the next request on it most often says the same, and a digest costs more than to
/// see that.
final class KnownKey {
    let sent: ClientKey.Sent
    let digest: String

    init(sent: ClientKey.Sent, digest: String) {
        self.sent = sent
        self.digest = digest
    }
}
