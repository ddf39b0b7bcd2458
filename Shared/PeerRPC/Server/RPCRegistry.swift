package import Contracts
import JSON

/// The methods a server answers, each bound to its handler by the constant that names it.
package struct RPCRegistry: Sendable {
    /// Answers with the whole body of the answer, so that a result is written once.
    typealias UnaryHandler = @Sendable (RPCID, JSONCursor, RPCContext) async throws(ServiceError) -> [UInt8]
    typealias StreamHandler =
        @Sendable (RPCID, JSONCursor, RPCContext, StreamPort) async throws(ServiceError) -> [UInt8]

    enum Handler: Sendable {
        case unary(UnaryHandler)
        /// Items go to the caller.
        case serverStream(StreamHandler)
        /// Items go both ways.
        case duplexStream(StreamHandler)
    }

    struct Entry: Sendable {
        let name: String
        let handler: Handler
    }

    let service: ServiceDescription?
    private(set) var entries: [String: Entry] = [:]

    /// Makes a registry without methods.
    ///
    /// - Parameter service: What `rpc.discover` describes; `nil` describes the health service alone.
    package init(service: ServiceDescription?) {
        self.service = service
    }

    /// Binds a method; a second binding of the same name replaces the first.
    package mutating func register<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ handler: @escaping @Sendable (Parameters, RPCContext) async throws(ServiceError) -> Output
    ) {
        add(method.name) { (id, parameters, context) async throws(ServiceError) -> [UInt8] in
            let parameters: Parameters = try decode(parameters, code: .invalidParams)
            return Messages.result(id: id, try await handler(parameters, context))
        }
    }

    /// Binds a method that streams to its caller.
    package mutating func register<Parameters, Item, Output>(
        _ stream: RPCServerStream<Parameters, Item, Output>,
        _ handler:
            @escaping @Sendable (Parameters, RPCContext, RPCItems<Item>) async throws(ServiceError) -> Output
    ) {
        let erased: StreamHandler = { (id, parameters, context, port) async throws(ServiceError) -> [UInt8] in
            let parameters: Parameters = try decode(parameters, code: .invalidParams)
            return Messages.result(id: id, try await handler(parameters, context, RPCItems(port)))
        }
        entries[stream.name] = Entry(name: stream.name, handler: .serverStream(erased))
    }

    /// Binds a method that streams both ways.
    package mutating func register<Parameters, Sent, Item, Output>(
        _ stream: RPCDuplexStream<Parameters, Sent, Item, Output>,
        _ handler:
            @escaping @Sendable (Parameters, RPCContext, RPCIncoming<Sent>, RPCItems<Item>) async throws(ServiceError)
            -> Output
    ) {
        let erased: StreamHandler = { (id, parameters, context, port) async throws(ServiceError) -> [UInt8] in
            let parameters: Parameters = try decode(parameters, code: .invalidParams)
            let output = try await handler(parameters, context, RPCIncoming(port), RPCItems(port))
            return Messages.result(id: id, output)
        }
        entries[stream.name] = Entry(name: stream.name, handler: .duplexStream(erased))
    }

    /// Binds a method by its bare name.
    mutating func add(_ name: String, _ handler: @escaping UnaryHandler) {
        entries[name] = Entry(name: name, handler: .unary(handler))
    }
}
