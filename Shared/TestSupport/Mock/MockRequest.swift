package import JSON

/// One header of a request or response, as it stood on the wire.
package struct HeaderField: Hashable, Sendable, CustomStringConvertible {
    package var name: String
    package var value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    package var description: String { "\(name): \(value)" }
}

extension Sequence where Element == HeaderField {
    /// The first value of a header, whatever its case.
    package func first(_ name: String) -> String? {
        first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// The two wires that the mock speaks.
package enum MockDialect: String, Hashable, Sendable, CaseIterable, CustomStringConvertible {
    case openAI = "openai"
    case anthropic

    package var description: String { rawValue }

    /// Where chat requests go, behind the version segment.
    package var path: String { self == .openAI ? "/chat/completions" : "/messages" }
}

/// A request as the mock provider received it.
package struct MockRequest: Sendable {
    /// Counts the provider's requests from zero.
    package let number: Int
    package let method: String
    /// The target as sent, query included.
    package let target: String
    package let headers: [HeaderField]
    /// The body, byte for byte.
    package let body: [UInt8]
    package let receivedAt: ContinuousClock.Instant
    /// Which wire its path belongs to; `nil` for no chat request.
    package let dialect: MockDialect?
    /// The model it names.
    package let model: String
    package let isStream: Bool
    /// Whether it asks for the usage of a stream.
    package let wantsUsage: Bool

    init(number: Int, method: String, target: String, headers: [HeaderField], body: [UInt8]) {
        self.number = number
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
        receivedAt = .now
        let path = target.prefix { $0 != "?" }
        dialect = method == "POST" ? MockDialect.allCases.first { path.hasSuffix($0.path) } : nil
        let root = (try? JSONDocument(body))?.root
        model = root?["model"]?.string ?? ""
        isStream = root?["stream"]?.boolean ?? false
        wantsUsage = root?["stream_options"]?["include_usage"]?.boolean ?? false
    }

    /// The provider's credential that came with it.
    package var credential: String? {
        if let key = headers.first("x-api-key") ?? headers.first("x-goog-api-key") { return key }
        guard let value = headers.first("authorization"), value.hasPrefix("Bearer ") else { return nil }
        return String(value.dropFirst("Bearer ".count))
    }

    /// The body as JSON, or `nil`.
    package var json: JSONCursor? { (try? JSONDocument(body))?.root }

    package var bodyText: String { String(decoding: body, as: UTF8.self) }
}
