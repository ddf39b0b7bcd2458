package import Contracts
import Synchronization

/// What stands between a service's socket and its parts: until they have loaded, every call hears UNAVAILABLE.
package final class ServiceFront<Parts: Sendable>: Sendable {
    private let name: String
    private let parts = Mutex<Parts?>(nil)
    private let opening = AsyncStream.makeStream(of: Void.self)

    /// - Parameter name: What the service is called in that error.
    package init(_ name: String) {
        self.name = name
    }

    /// Lets calls in, and health checks hear of it.
    package func open(_ parts: Parts, _ server: RPCServer) {
        self.parts.withLock { $0 = parts }
        server.setServing(true)
        opening.continuation.finish()
    }

    package func current() throws(ServiceError) -> Parts {
        guard let parts = parts.withLock({ $0 }) else {
            throw ServiceError(
                .unavailable,
                reason: "loading",
                message: "the \(name) is still loading",
                retry: .same(afterMilliseconds: 100)
            )
        }
        return parts
    }

    /// Waits until calls are let in; for one caller.
    package func waitUntilOpen() async throws {
        for await _ in opening.stream {}
        try Task.checkCancellation()
    }
}

extension RPCServer {
    /// Listens for as long as the body runs, which says itself when it serves and drains what it has let in.
    package func run(_ body: (RPCAddress) async throws -> Void) async throws {
        setServing(false)
        let address = try await start()
        do {
            try await body(address)
        } catch {
            await stop(drain: .zero)
            throw error
        }
    }
}
