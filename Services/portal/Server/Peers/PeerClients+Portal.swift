import Contracts
import JSON
import Logging

extension PeerClients {
    /// The id of the key with this SHA-256; `nil` when it is unknown, revoked or expired.
    ///
    /// A key whose budget is used up may still look at itself.
    func identify(_ sha256: String) async throws(ServiceError) -> String? {
        let reply = try await call(MeterMethods.identify, IdentifyRequest(keySHA256: sha256))
        guard let key = reply.key else { return nil }
        switch reply.denial?.reason {
        case .unknownKey?, .revoked?, .expired?: return nil
        default: return key.id
        }
    }
}

extension MemberAccess {
    /// Asks the meter.
    convenience init(sessions: SessionKeeper, clock: PortalClock, peers: PeerClients) {
        self.init(sessions: sessions, clock: clock) { sha256 throws(ServiceError) in
            try await peers.identify(sha256)
        } look: { id throws(ServiceError) in
            do throws(ServiceError) {
                return try await peers.call(AdminMethods.meterV1.keys.get, GetRequest(id: id))
            } catch {
                guard error.code == .notFound else { throw error }
                return nil
            }
        }
    }
}

extension EventFeed {
    /// Rows that one look takes in; more in half a second are caught up when the page loads itself anew.
    private static let page = 200
    private static let dayUS = 86_400_000_000

    /// Looks at the meter's ledger.
    static func usage(limits: Limits, logger: Logger, peers: PeerClients, clock: PortalClock) -> EventFeed {
        EventFeed("usage", limits: limits, logger: logger) { () throws(ServiceError) in
            try await peers.call(
                AdminMethods.meterV1.usage.list,
                ListRequest(pageSize: Self.page),
                deadline: .now + .seconds(3)
            ).items.map { Row(id: $0.requestID, $0) }
        } figures: { () throws(ServiceError) in
            let now = clock.nowUS
            let reply = try await peers.call(
                AdminMethods.meterV1.summarize,
                SummarizeRequest(sinceUS: now - now % Self.dayUS, untilUS: now + 1, bucket: "hour"),
                deadline: .now + .seconds(3)
            )
            var writer = JSONWriter()
            reply.write(to: &writer)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// Looks at the guard's audit, which all its replicas write.
    static func decisions(limits: Limits, logger: Logger, peers: PeerClients) -> EventFeed {
        EventFeed(
            "decision",
            limits: limits,
            logger: logger,
            rows: { () throws(ServiceError) in
                try await peers.call(
                    AdminMethods.guardV1.decisions.list,
                    ListRequest(pageSize: Self.page),
                    deadline: .now + .seconds(3)
                ).items.map { Row(id: $0.id, $0) }
            }
        )
    }
}
