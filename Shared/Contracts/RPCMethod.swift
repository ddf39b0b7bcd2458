/// One request, one answer.
public struct RPCMethod<Parameters: WireCodable, Output: WireCodable>: Sendable {
    /// The name on the wire: `package.Service/Method`.
    public let name: String
    /// Whether a call may be repeated when the connection broke before its answer.
    public let isIdempotent: Bool

    /// Names a method and binds its types.
    public init(_ name: String, isIdempotent: Bool = false) {
        self.name = name
        self.isIdempotent = isIdempotent
    }
}

/// One request, items as they come, then the answer.
public struct RPCServerStream<Parameters: WireCodable, Item: WireCodable, Output: WireCodable>: Sendable {
    /// The name on the wire: `package.Service/Method`.
    public let name: String

    /// Names a stream and binds its types.
    public init(_ name: String) {
        self.name = name
    }
}

/// One request, items both ways at once, then the answer.
public struct RPCDuplexStream<
    Parameters: WireCodable,
    Sent: WireCodable,
    Item: WireCodable,
    Output: WireCodable
>: Sendable {
    /// The name on the wire: `package.Service/Method`.
    public let name: String

    /// Names a stream and binds its types.
    public init(_ name: String) {
        self.name = name
    }
}
