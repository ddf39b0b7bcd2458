import Contracts

extension RPCRegistry {
    /// Adds what every server answers: its health and its description.
    ///
    /// - Parameters:
    ///   - health: Whether it serves.
    ///   - version: What health checks tell besides, with the time since now; `nil` for neither.
    ///   - metrics: What the process has counted; `nil` where that is not told.
    /// - Returns: The registry with them.
    func withBuiltInMethods(
        health: HealthState,
        version: String? = nil,
        metrics: (@Sendable () -> [UInt8])? = nil
    ) -> RPCRegistry {
        var registry = self
        let started = ContinuousClock.now
        let services = Set(entries.keys.compactMap { $0.split(separator: "/").first.map(String.init) })
        // A name that is no service of this server is told apart from one that does not serve.
        let check = { @Sendable (request: HealthCheck) throws(ServiceError) in
            guard let name = request.service, !name.isEmpty, name != "health.v1.Health" else { return }
            guard services.contains(name) else {
                let message = "the service is not known here"
                throw ServiceError(.notFound, reason: "unknown_service", message: message, origin: .client)
            }
        }
        registry.register(HealthMethods.check) { (request, _) async throws(ServiceError) -> HealthStatus in
            try check(request)
            let uptime = version.map { _ in Int(started.duration(to: .now) / .milliseconds(1)) }
            return HealthStatus(isServing: health.isServing, version: version, uptimeMS: uptime)
        }
        registry.register(HealthMethods.watch) { (request, _, items) async throws(ServiceError) -> Empty in
            try check(request)
            for await isServing in health.changes() {
                try await items.send(HealthStatus(isServing: isServing))
            }
            return Empty()
        }
        if let metrics {
            registry.register(HealthMethods.metrics) { (_, _) async throws(ServiceError) -> FiguresReply in
                FiguresReply(text: String(decoding: metrics(), as: UTF8.self))
            }
        }
        let document = OpenRPC.document(for: service ?? .health)
        registry.add("rpc.discover") { (id, _, _) async throws(ServiceError) -> [UInt8] in
            Messages.result(id: id, raw: document)
        }
        return registry
    }
}
