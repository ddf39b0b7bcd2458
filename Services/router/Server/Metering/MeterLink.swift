import Contracts
import Dialects
import Logging
import Observability
import PeerRPC
import Synchronization

/// What the router needs of the meter on the request path, and what it does when the meter is away.
package final class MeterLink: Sendable {
    /// An answer of the meter, or of this router in its place; a reference, as it says much and all steps of a request hold it.
    package final class Admission: Sendable {
        let reply: AdmitReply
        let keySHA256: String

        init(reply: AdmitReply, keySHA256: String) {
            self.reply = reply
            self.keySHA256 = keySHA256
        }
    }

    /// One call; the socket is local, so a longer silence means that the meter is stuck.
    private static let callDeadline = Duration.seconds(2)
    /// How long a request waits for a meter that restarts.
    private static let patience = Duration.seconds(4)
    private static let retryPause = Duration.milliseconds(40)
    /// How long a denied request waits for the receipts of those before it.
    private static let receiptWait = Duration.milliseconds(500)
    private static let renewal = Duration.seconds(20)
    /// What the end of the process waits for the meter, which may have ended before.
    private static let farewell = Duration.milliseconds(300)

    private let client: RPCClient
    /// What targets charge, for chains that go by cost.
    let rates: RateBook
    private let instance: String
    private let grace: OutageGrace
    private let standings = StandingBook()
    private let spool: Spool
    private let settler: SpoolSettler
    private let grants: GrantBook
    private let keeper: GrantKeeper
    private let logger: Logger
    private let reachable = Atomic(false)

    init(
        client: RPCClient,
        instance: String,
        grace: OutageGrace,
        spool: Spool,
        settler: SpoolSettler,
        grants: GrantBook,
        logger: Logger
    ) {
        self.client = client
        rates = RateBook(client: client)
        self.instance = instance
        self.grace = grace
        self.spool = spool
        self.settler = settler
        self.grants = grants
        keeper = GrantKeeper(client: client, book: grants, grace: grace)
        self.logger = logger
    }

    /// Whether the meter answered when it was last looked for.
    package var isReachable: Bool { reachable.load(ordering: .relaxed) }

    // MARK: Admission

    /// Asks whether a request may run.
    ///
    /// A busy key's request is admitted from a grant without asking. A denial that receipts on their way or unused grants could
    /// turn (a slot, a budget) is asked again when they have arrived.
    ///
    /// - Throws: ``ClientError`` when nobody can decide; a denial is an answer.
    func admit(_ request: AdmitRequest, trace: TraceContext) async throws(ClientError) -> Admission {
        if let admission = admitAtOnce(request) { return admission }
        var reply = try await decide(request, trace: trace)
        if let denial = reply.denial, await mayTurn(denial, of: request, key: reply.identity?.keyID) {
            reply = try await decide(request, trace: trace)
        }
        grants.note(reply, to: request, now: .now)
        return Admission(reply: reply, keySHA256: request.keySHA256)
    }

    /// Admits a request from a grant, without asking; `nil` when it is for the meter to decide.
    func admitAtOnce(_ request: AdmitRequest) -> Admission? {
        guard let reply = grants.take(request, now: .now) else { return nil }
        grace.began(keySHA256: request.keySHA256)
        return Admission(reply: reply, keySHA256: request.keySHA256)
    }

    /// Whether the meter has just been told something that may turn a denial.
    private func mayTurn(_ denial: Denial, of request: AdmitRequest, key: String?) async -> Bool {
        guard let key, Self.concernsUse(denial.reason) else { return false }
        let hasGivenBack = grants.end(keySHA256: request.keySHA256)
        if hasGivenBack { await keeper.giveAccount() }
        // Receipts free slots and budget; the requests of a minute stay counted.
        guard denial.reason != .rpm else { return hasGivenBack }
        return await settler.settle(key: key, atMost: Self.receiptWait) || hasGivenBack
    }

    /// Asks again for a request whose first answer nobody waited for: the same id gets the same reservation.
    func admitAgain(_ request: AdmitRequest, trace: TraceContext) async throws(ClientError) -> Admission {
        Admission(reply: try await decide(request, trace: trace), keySHA256: request.keySHA256)
    }

    static func concernsUse(_ reason: Denial.Reason) -> Bool {
        reason == .concurrency || reason == .budgetExhausted || reason == .tpm || reason == .rpm
    }

    private func decide(_ request: AdmitRequest, trace: TraceContext) async throws(ClientError) -> AdmitReply {
        let start = ContinuousClock.now
        while true {
            let failure: ServiceError
            do throws(ServiceError) {
                let reply = try await client.call(
                    MeterMethods.admit,
                    request,
                    deadline: .now + Self.callDeadline,
                    traceparent: trace.child().header
                )
                grace.remember(reply, to: request, now: .now)
                return reply
            } catch {
                failure = error
            }
            guard Self.isOutage(failure) else { throw ClientError(failure) }
            if failure.reason == Self.awaitingRouters {
                await announce()
            } else if let reply = grace.admit(request, now: .now) {
                return reply
            }
            guard ContinuousClock.now - start < Self.patience, !Task.isCancelled else { throw ClientError(failure) }
            try? await Task.sleep(for: Self.retryPause)
        }
    }

    private static let awaitingRouters = "awaiting_routers"

    private static func isOutage(_ error: ServiceError) -> Bool {
        error.code == .unavailable || error.code == .deadlineExceeded
    }

    /// Whether a key is good and what it may ask for, for answers that cost nothing; remembered for up to a minute.
    ///
    /// While the meter is away, a key that it admitted lately may list everything: what it may use is decided with
    /// each request all the same.
    ///
    /// - Throws: ``ClientError`` when the key is not good, or when nobody can tell.
    func identify(keySHA256: String) async throws(ClientError) -> KeyStanding {
        let known = standings.standing(of: keySHA256, now: .now, wallUS: Int(WallClock.now()))
        // Without the stream of changes a revocation may be missed.
        if let known, isReachable { return known }
        let edition = standings.edition
        let request = IdentifyRequest(keySHA256: keySHA256)
        let reply: IdentifyReply
        do throws(ServiceError) {
            reply = try await client.call(MeterMethods.identify, request, deadline: .now + Self.callDeadline)
        } catch {
            guard Self.isOutage(error) else { throw ClientError(error) }
            if let known { return known }
            guard grace.isKnown(keySHA256: keySHA256, now: .now) else { throw ClientError(error) }
            return KeyStanding(allowance: .everything)
        }
        if let denial = reply.denial { throw ClientError(denial) }
        let allowance = ModelAllowance([reply.plan?.allowedModels ?? [], reply.key?.allowedModels ?? []])
        let standing = KeyStanding(
            allowance: allowance,
            expiresUS: reply.key?.expiresUS,
            name: reply.key?.name
        )
        standings.keep(standing, of: keySHA256, edition: edition, now: .now)
        return standing
    }

    /// Whether the meter has admitted a request with this key lately.
    func hasAdmitted(keySHA256: String) -> Bool {
        grace.remembers(keySHA256: keySHA256)
    }

    /// Whether a denial is about the key itself and not about what it asks for.
    static func concernsKey(_ reason: Denial.Reason) -> Bool {
        reason == .unknownKey || reason == .revoked || reason == .expired
    }

    /// A request of the key has ended.
    func ended(_ admission: Admission) {
        grace.ended(keySHA256: admission.keySHA256)
    }

    // MARK: Leases and changes

    /// Keeps leases alive and follows the meter's changes until cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.keepLeases() }
            group.addTask { await self.followChanges() }
            group.addTask { await self.keeper.run() }
            await group.waitForAll()
        }
    }

    /// Gives the meter back what no request will take any more.
    package func finish() async {
        grants.endAll()
        await keeper.giveAccount(within: Self.farewell)
    }

    private func keepLeases() async {
        while (try? await Task.sleep(for: Self.renewal)) != nil { await announce() }
    }

    /// Names the open reservations to the meter: prolongs them, or announces them to one that has restarted.
    @discardableResult
    private func announce() async -> Bool {
        do throws(ServiceError) {
            let reply = try await client.call(
                MeterMethods.renew,
                RenewRequest(instance: instance, reservations: spool.reservations),
                deadline: .now + Self.callDeadline
            )
            if !reply.unknown.isEmpty {
                logger.notice(
                    "leases have run out; their requests settle all the same",
                    metadata: ["keirouter.leases": "\(reply.unknown.count)"]
                )
            }
            return true
        } catch {
            return false
        }
    }

    private func followChanges() async {
        var pause = Duration.milliseconds(50)
        // At the start the meter opens its data too; asking often is what makes the first request early.
        _ = await client.waitUntilReady(deadline: .now + .seconds(5))
        while !Task.isCancelled {
            if await announce() {
                pause = .milliseconds(50)
                setReachable(true)
                grace.distrust()
                grants.endAll()
                standings.forgetAll()
                settler.wake()
                _ = try? await client.stream(MeterMethods.changes, Empty(), deadline: nil) { [self] in follow($0) }
                setReachable(false)
            }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func setReachable(_ isReachable: Bool) {
        guard reachable.exchange(isReachable, ordering: .relaxed) != isReachable, !Task.isCancelled else { return }
        if isReachable {
            logger.info("the meter is there")
        } else {
            logger.warning("the meter is away; known keys stay admitted for a minute")
        }
    }

    private func follow(_ change: MeterChange) {
        if let digest = change.keySHA256 {
            grace.forget(keySHA256: digest)
            _ = grants.end(keySHA256: digest)
            standings.forget(digest)
        } else if change.kind == "plan_changed" {
            grace.forget(plan: change.id)
            grants.end(plan: change.id)
            standings.forgetAll()
        }
    }
}
