import NIOCore
import Synchronization

/// The idle connections of one event loop; confined to it.
final class LoopPool {
    let loop: any EventLoop
    let core: ClientCore
    private(set) var isShutDown = false
    private var idle: [UpstreamOrigin: [UpstreamConnection]] = [:]

    init(loop: any EventLoop, core: ClientCore) {
        self.loop = loop
        self.core = core
    }

    /// The connection that was used last, so that those not needed grow old and go.
    func take(_ origin: UpstreamOrigin) -> UpstreamConnection? {
        guard let connection = idle[origin]?.popLast() else { return nil }
        core.idleConnections.subtract(1, ordering: .relaxed)
        return connection
    }

    /// Keeps a connection for the next request; `false` when there is no room.
    func keep(_ connection: UpstreamConnection) -> Bool {
        guard !isShutDown, idle[connection.origin, default: []].count < core.configuration.maximumIdlePerOrigin else {
            return false
        }
        idle[connection.origin, default: []].append(connection)
        core.idleConnections.add(1, ordering: .relaxed)
        return true
    }

    /// Forgets an idle connection that has closed.
    func forget(_ connection: UpstreamConnection) {
        guard let index = idle[connection.origin]?.firstIndex(where: { $0 === connection }) else { return }
        idle[connection.origin]?.remove(at: index)
        if idle[connection.origin]?.isEmpty == true { idle[connection.origin] = nil }
        core.idleConnections.subtract(1, ordering: .relaxed)
    }

    /// Closes what is idle and keeps nothing from now on.
    func shutDown() {
        isShutDown = true
        for connection in idle.values.flatMap({ $0 }) { connection.close() }
    }
}
