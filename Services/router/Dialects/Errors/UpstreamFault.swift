import JSON

/// A failure of an upstream, read from its answer.
public struct UpstreamFault: Error, Hashable, Sendable {
    /// Text beyond this many bytes is cut.
    static let messageLimit = 512
    /// A body beyond this many bytes is not looked into.
    static let bodyLimit = 64 << 10

    /// What it means.
    public var kind: FailureKind
    /// The HTTP status it came with; `nil` inside a stream or below HTTP.
    public var status: Int?
    /// The provider's word for the type.
    public var type: String?
    /// The provider's code; a number in decimal.
    public var code: String?
    /// The provider's text, cut at 512 bytes: for the log at `debug` and for the client where the request is at fault.
    public var message: String?
    /// Whether the body is an error object that the client's library can read as it is.
    public var isDialectShaped: Bool
    /// Seconds after which a retry may succeed, where the body says so, as Google's do.
    public var retryAfter: Int?

    /// Makes a fault that was not read from an error body.
    public init(
        kind: FailureKind,
        status: Int? = nil,
        type: String? = nil,
        code: String? = nil,
        message: String? = nil,
        isDialectShaped: Bool = false
    ) {
        self.kind = kind
        self.status = status
        self.type = type
        self.code = code
        self.message = message
        self.isDialectShaped = isDialectShaped
    }

    /// Reads the body of a response whose status is no success.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - body: The body or its beginning; anything at all.
    ///   - dialect: What the client speaks.
    /// - Returns: The fault; of a body that is no JSON the status alone counts.
    public static func read(status: Int, body: some Collection<UInt8>, dialect: Dialect) -> UpstreamFault {
        guard body.count <= bodyLimit, let document = try? JSONDocument(Array(body)) else {
            return UpstreamFault(kind: .byStatus(status), status: status)
        }
        var fault = UpstreamFault(document.root, status: status)
        fault.isDialectShaped = isShaped(document.root, dialect)
        return fault
    }

    /// Reads an error that came inside a response with a success status.
    static func read(event payload: UnsafeRawBufferPointer) -> UpstreamFault {
        guard payload.count <= bodyLimit, let document = try? JSONDocument(Array(payload)) else {
            return UpstreamFault(kind: .serverError)
        }
        return UpstreamFault(document.root, status: nil)
    }

    /// Finds type, code and text under the names that servers use for them.
    private init(_ root: JSONCursor, status: Int?) {
        let body = root.kind == .array ? root.elements.first { _ in true } ?? root : root
        let error = body.member("error")
        let object = error?.kind == .object ? error : nil
        self.init(kind: .serverError, status: status)
        type = Self.word(object?.member("type")) ?? Self.word(object?.member("status"))
        code = Self.word(object?.member("code"))
        message =
            Self.text(object?.member("message")) ?? Self.text(error) ?? Self.text(body.member("message"))
            ?? Self.text(body.member("detail"))
        retryAfter = Self.retryDelay(object)
        if object == nil {
            type = Self.word(body.member("type"))
            code = Self.word(body.member("code"))
        }
        kind = .classify(status: status, type: type, code: code, message: message)
    }

    /// The `retryDelay` of Google's `RetryInfo`: `34s`, `1.5s`.
    private static func retryDelay(_ error: JSONCursor?) -> Int? {
        guard let details = error?.member("details"), details.kind == .array else { return nil }
        for detail in details.elements.prefix(16) {
            guard let text = detail.member("retryDelay")?.string, text.hasSuffix("s"), text.utf8.count < 16,
                let seconds = Double(text.dropLast()), seconds >= 0
            else { continue }
            return Int(seconds.rounded(.up))
        }
        return nil
    }

    private static func isShaped(_ root: JSONCursor, _ dialect: Dialect) -> Bool {
        if dialect == .ollama { return root.member("error")?.kind == .string }
        guard let error = root.member("error"), error.kind == .object, error.member("message")?.kind == .string else {
            return false
        }
        return switch dialect {
        case .openAIChat, .openAIResponses, .ollama, .cohere, .bedrock: true
        case .gemini: error.member("code")?.kind == .number && error.member("status")?.kind == .string
        case .anthropicMessages: root.member("type")?.equals("error") == true && error.member("type")?.kind == .string
        }
    }

    private static func word(_ value: JSONCursor?) -> String? {
        guard let value else { return nil }
        if let number = value.integer { return String(number) }
        guard let length = value.utf8Count, length > 0, length <= 128 else { return nil }
        return value.string
    }

    private static func text(_ value: JSONCursor?) -> String? {
        guard let text = value?.string, !text.isEmpty else { return nil }
        guard text.utf8.count > messageLimit else { return text }
        // An incomplete last scalar becomes a replacement character.
        return String(decoding: text.utf8.prefix(messageLimit), as: UTF8.self)
    }
}
