/// What a service answers: its methods with the schemas of the very types that they run on.
public struct ServiceDescription: Sendable {
    /// The service's short name, which its document's file has too.
    public let name: String
    /// What it is for, in one sentence.
    public let summary: String
    /// Its methods, in the order of the document.
    public let methods: [MethodDescription]

    /// Describes a service.
    public init(name: String, summary: String, methods: [MethodDescription]) {
        self.name = name
        self.summary = summary
        self.methods = methods
    }
}

/// What a method takes and answers.
public struct MethodDescription: Sendable {
    /// The name on the wire: `package.Service/Method`.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// Whether a call may be repeated.
    public let isIdempotent: Bool
    /// What it takes.
    public let parameters: Schema
    /// What the client sends while the call lasts, when it is a stream from there.
    public let sent: Schema?
    /// What the server sends while the call lasts, when it is a stream from there.
    public let item: Schema?
    /// What it answers at the end.
    public let result: Schema

    /// Describes a method.
    public init<Parameters: WireMessage, Output: WireMessage>(
        _ method: RPCMethod<Parameters, Output>,
        _ summary: String
    ) {
        name = method.name
        self.summary = summary
        isIdempotent = method.isIdempotent
        parameters = Parameters.schema
        sent = nil
        item = nil
        result = Output.schema
    }

    /// Describes a stream from the server.
    public init<Parameters: WireMessage, Item: WireMessage, Output: WireMessage>(
        _ stream: RPCServerStream<Parameters, Item, Output>,
        _ summary: String
    ) {
        name = stream.name
        self.summary = summary
        isIdempotent = false
        parameters = Parameters.schema
        sent = nil
        item = Item.schema
        result = Output.schema
    }

    /// Describes a stream both ways.
    public init<Parameters: WireMessage, Sent: WireMessage, Item: WireMessage, Output: WireMessage>(
        _ stream: RPCDuplexStream<Parameters, Sent, Item, Output>,
        _ summary: String
    ) {
        name = stream.name
        self.summary = summary
        isIdempotent = false
        parameters = Parameters.schema
        sent = Sent.schema
        item = Item.schema
        result = Output.schema
    }

    /// Every schema of the method.
    package var schemas: [Schema] {
        [parameters, sent, item, result].compactMap(\.self)
    }
}
