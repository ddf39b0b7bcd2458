import Contracts
import Observability
import PeerRPC

/// The figures of this router and of the services beside it, as `/metrics` tells them.
struct ServiceFigures: Sendable {
    /// How long the services have to answer; one that is late or away is left out.
    private static let patience = Duration.milliseconds(500)

    /// The services by the name that their series carry as `service`.
    let services: [(name: String, client: RPCClient)]

    /// - Parameter includesServices: Whether the services are asked; where several routers are read, one of them should.
    /// - Returns: Prometheus text; the router's own series carry no `service`.
    func text(includesServices: Bool) async -> [UInt8] {
        guard includesServices else { return MetricsRegistry.shared.render() }
        let deadline = ContinuousClock.now + Self.patience
        var texts: [(labels: [(String, String)], text: String)] = []
        await withTaskGroup(of: [(labels: [(String, String)], text: String)].self) { group in
            for (name, client) in services {
                group.addTask { await Self.ask(name, client, deadline) }
            }
            for await some in group { texts += some }
        }
        var gathered = GatheredMetrics()
        gathered.add(String(decoding: MetricsRegistry.shared.render(), as: UTF8.self))
        // In a fixed order, so that two readings can be compared.
        for (labels, text) in texts.sorted(by: { Self.name($0.labels) < Self.name($1.labels) }) {
            gathered.add(text, labels: labels)
        }
        return gathered.render()
    }

    private static func ask(
        _ service: String,
        _ client: RPCClient,
        _ deadline: ContinuousClock.Instant
    ) async -> [(labels: [(String, String)], text: String)] {
        await client.callEach(HealthMethods.metrics, Empty(), deadline: deadline).compactMap { server, answer in
            guard let reply = try? answer.get() else { return nil }
            return ([("service", service), ("server", shortName(server))], reply.text)
        }
    }

    /// What tells one server of a service from another: its socket's name, or its address.
    private static func shortName(_ server: String) -> String {
        let name = server.split(separator: "/").last.map(String.init) ?? server
        return name.hasSuffix(".sock") ? String(name.dropLast(".sock".count)) : name
    }

    private static func name(_ labels: [(String, String)]) -> String {
        labels.map(\.1).joined(separator: "/")
    }
}
