import Dialects
import NIOHTTP1

/// Finds the API key in a request, wherever the client libraries put it.
enum ClientKey {
    static let missing = ClientError(
        .authentication,
        "no API key: send it as Authorization: Bearer kr_…, as x-api-key or as x-goog-api-key"
    )
    static let unknown = ClientError(.authentication, "this API key is not known here")

    /// `Authorization: Bearer KEY`, `Authorization: KEY`, `x-api-key: KEY` or `x-goog-api-key: KEY`, in this order.
    static func read(_ headers: HTTPHeaders) -> String? {
        if let value = headers.first(name: "authorization") {
            let key = trimmed(bearer(value))
            if !key.isEmpty { return String(key) }
        }
        for name in ["x-api-key", "x-goog-api-key"] {
            guard let value = headers.first(name: name) else { continue }
            let key = trimmed(value[...])
            if !key.isEmpty { return String(key) }
        }
        return nil
    }

    /// The key of a request in Gemini's dialect, which may also stand in its query: `?key=KEY`.
    ///
    /// The query goes no further than this: it is neither logged nor sent to a provider.
    static func read(_ headers: HTTPHeaders, query: Substring?) -> String? {
        if let key = read(headers) { return key }
        for field in (query ?? "").split(separator: "&") where field.hasPrefix("key=") {
            guard let key = ModelPath.decoded(field.dropFirst("key=".count)), !key.isEmpty else { continue }
            return key
        }
        return nil
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
