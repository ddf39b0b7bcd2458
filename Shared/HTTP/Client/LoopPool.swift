import NIOCore
import Synchronization

/// The idle connections of one event loop; confined to it.
final class LoopPool {
    let loop: any EventLoop
    let core: ClientCore
    let flusher: TurnFlusher
    private(set) var isShutDown = false
    private var idle: [UpstreamOrigin: Shelf] = [:]

    /// The idle connections to one origin; they know it, so that going back costs no search.
    final class Shelf {
        fileprivate(set) var connections: [UpstreamConnection] = []
        /// Whether it is found by its origin.
        fileprivate var isListed = true
    }

    init(loop: any EventLoop, core: ClientCore) {
        self.loop = loop
        self.core = core
        flusher = TurnFlusher(loop)
    }

    /// The connection that was used last, so that those not needed grow old and go.
    func take(_ origin: UpstreamOrigin) -> UpstreamConnection? {
        guard let connection = idle[origin]?.connections.popLast() else { return nil }
        core.idleConnections.subtract(1, ordering: .relaxed)
        return connection
    }

    /// Keeps a connection for the next request; `false` when there is no room.
    func keep(_ connection: UpstreamConnection) -> Bool {
        let known = connection.shelf.flatMap { $0.isListed ? $0 : nil }
        let shelf = known ?? shelf(for: connection.origin)
        guard !isShutDown, shelf.connections.count < core.configuration.maximumIdlePerOrigin else { return false }
        connection.shelf = shelf
        shelf.connections.append(connection)
        core.idleConnections.add(1, ordering: .relaxed)
        return true
    }

    /// Forgets an idle connection that has closed.
    func forget(_ connection: UpstreamConnection) {
        guard let shelf = connection.shelf, let index = shelf.connections.firstIndex(where: { $0 === connection })
        else { return }
        shelf.connections.remove(at: index)
        if shelf.connections.isEmpty, shelf.isListed {
            shelf.isListed = false
            idle[connection.origin] = nil
        }
        core.idleConnections.subtract(1, ordering: .relaxed)
    }

    /// Closes what is idle and keeps nothing from now on.
    func shutDown() {
        isShutDown = true
        for connection in idle.values.flatMap(\.connections) { connection.close() }
    }

    private func shelf(for origin: UpstreamOrigin) -> Shelf {
        if let shelf = idle[origin] { return shelf }
        let shelf = Shelf()
        idle[origin] = shelf
        return shelf
    }
}
