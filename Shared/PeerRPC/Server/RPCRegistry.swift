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
        /// Its parameters are read already.
        case prepared(PreparedHandler)
        /// Items go to the caller.
        case serverStream(StreamHandler)
        /// Items go both ways.
        case duplexStream(StreamHandler)
    }

    /// Reads plain parameters and answers at once, with the whole body of the answer; `nil` when they are not plain, and
    /// then nothing has been done.
    typealias DirectHandler = @Sendable (Int, inout PlainReader) -> [UInt8]?
    /// A handler whose parameters are read.
    typealias PreparedHandler = @Sendable (RPCID, RPCContext) async throws(ServiceError) -> [UInt8]
    /// Reads plain parameters; `nil` when they are not plain.
    typealias Preparation = @Sendable (inout PlainReader) -> PreparedHandler?

    /// The short way for parameters that stand as this project's own writer puts them.
    enum ShortWay: Sendable {
        case direct(DirectHandler)
        case prepared(Preparation)
    }

    struct Entry: Sendable {
        let name: String
        let handler: Handler
        var shortWay: ShortWay?
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
        entries[method.name]?.shortWay = .prepared { reader in
            guard let parameters = Self.parameters(Parameters.self, &reader) else { return nil }
            return { (id, context) async throws(ServiceError) -> [UInt8] in
                Messages.result(id: id, try await handler(parameters, context))
            }
        }
    }

    /// Binds a method that answers without waiting, in a few microseconds: it runs on the connection's event loop, without a task.
    package mutating func registerDirect<Parameters, Output>(
        _ method: RPCMethod<Parameters, Output>,
        _ handler: @escaping @Sendable (Parameters) throws(ServiceError) -> Output
    ) {
        add(method.name) { (id, parameters, _) async throws(ServiceError) -> [UInt8] in
            let parameters: Parameters = try decode(parameters, code: .invalidParams)
            return Messages.result(id: id, try handler(parameters))
        }
        entries[method.name]?.shortWay = .direct { id, reader in
            guard let parameters = Self.parameters(Parameters.self, &reader) else { return nil }
            do throws(ServiceError) {
                return Messages.result(id: .integer(id), try handler(parameters))
            } catch {
                return Messages.error(id: .integer(id), error)
            }
        }
    }

    /// Parameters and the end of their message.
    private static func parameters<Parameters: WireCodable>(
        _ type: Parameters.Type,
        _ reader: inout PlainReader
    ) -> Parameters? {
        let parameters = Parameters.plain(&reader)
        reader.literal("}")
        return reader.isComplete ? parameters : nil
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
