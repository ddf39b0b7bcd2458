import Contracts
import GuardCore
import Logging
import NIOPosix
import PeerRPC
import Secrets

/// Answers `Inspect` and `Scan`.
struct Inspection: Sendable {
    /// Texts that are together longer are looked through away from the event loop.
    private static let longestOnLoop = 64 * 1024

    let policies: PolicyHolder
    let audit: AuditQueue
    let clock: GuardClock
    let pool: NIOThreadPool
    let window: Int
    let placeholderKey: Subkey
    /// `nil` where every engine outside is left alone.
    let external: ExternalInspection?
    let figures: DecisionFigures
    let logger: Logger

    func inspect(_ request: InspectRequest) async throws(ServiceError) -> InspectReply {
        let book = policies.book
        let started = ContinuousClock.now
        let prepared =
            request.trial
            ? book.trial(for: request.scope, request.direction) : book.prepared(for: request.scope, request.direction)
        let inspector = Inspector(prepared, tag: tag(request.scope.tenant))
        let looks = try await asked(request, prepared)
        let begun = ContinuousClock.now
        let size = request.segments.reduce(0) { $0 + $1.text.utf8.count }
        var reply: InspectReply
        if size <= Self.longestOnLoop {
            reply = Self.inspect(inspector, request, looks)
        } else {
            reply = try await Self.away(pool) { Self.inspect(inspector, request, looks) }
        }
        figures.lookedNatively(for: begun.duration(to: .now))
        reply.policyVersion = book.version
        guard !request.trial, !reply.findings.isEmpty || reply.action != .allow else { return reply }
        reply.decisionID = DecisionName.make()
        figures.decided(reply.action, reply.findings)
        audit.add(
            DecisionItem(
                id: reply.decisionID,
                atUS: clock.nowUS,
                requestID: request.requestID,
                direction: request.direction,
                scope: request.scope,
                action: reply.action,
                reason: reply.reason,
                policyVersion: reply.policyVersion,
                findings: Array(reply.findings.prefix(AuditQueue.mostFindings)),
                durationUS: Self.microseconds(since: started)
            )
        )
        // Which of several guards decided stands nowhere else.
        logger.debug("decided", metadata: ["decision": "\(reply.decisionID)", "action": "\(reply.action.rawValue)"])
        return reply
    }

    /// What engines outside have found.
    private struct Looks: Sendable {
        var personal = ExternalLook.none
        var moderation = ExternalLook.none
        var meaning = ExternalLook.none
    }

    private static func inspect(_ inspector: Inspector, _ request: InspectRequest, _ looks: Looks) -> InspectReply {
        inspector.inspect(
            request,
            ThreadBench.current,
            looks.personal,
            moderation: looks.moderation,
            meaning: looks.meaning
        )
    }

    /// Asks the engines outside that the policy names, all at once.
    private func asked(
        _ request: InspectRequest,
        _ prepared: PolicyBook.Prepared
    ) async throws(ServiceError) -> Looks {
        var looks = Looks()
        let isAsking = prepared.external != nil || prepared.plan.isModerated || prepared.meaning != nil
        guard let external, isAsking else { return looks }
        async let moderation = timed(PlanBuilder.openAI, if: prepared.plan.isModerated) {
            await external.moderate(request, prepared.policy)
        }
        async let meaning = timed(PlanBuilder.embedding, if: prepared.meaning != nil) {
            guard let plan = prepared.meaning else { return .success(.none) }
            return await external.relate(request, plan, prepared.policy)
        }
        let personal = await timed(PlanBuilder.presidio, if: prepared.external != nil) {
            guard let plan = prepared.external else { return .success(.none) }
            do throws(ServiceError) {
                return .success(try await external.look(request, plan, prepared.policy))
            } catch {
                return .failure(error)
            }
        }
        looks.personal = try personal.get()
        looks.moderation = try await moderation.get()
        looks.meaning = try await meaning.get()
        return looks
    }

    /// Asks one engine, and notes how long it took.
    private func timed(
        _ engine: String,
        if isWanted: Bool,
        _ ask: @Sendable () async -> Result<ExternalLook, ServiceError>
    ) async -> Result<ExternalLook, ServiceError> {
        guard isWanted else { return .success(.none) }
        let started = ContinuousClock.now
        defer { figures.asked(engine, for: started.duration(to: .now)) }
        return await ask()
    }

    /// Answers every piece with one release, and what is left at the end with one for each channel.
    func scan(
        _ request: ScanRequest,
        _ incoming: RPCIncoming<ScanChunk>,
        _ items: RPCItems<ScanRelease>
    ) async throws(ServiceError) -> ScanReply {
        let book = policies.book
        let started = ContinuousClock.now
        let plan = book.prepared(for: request.scope, .outbound).plan
        var machine = ScanMachine(
            plan,
            window: window,
            tag: tag(request.scope.tenant),
            answerSchema: request.answerSchema
        )
        do throws(ServiceError) {
            while !machine.isBlocked, let chunk = try await incoming.next() {
                let release: ScanRelease
                if chunk.text.utf8.count <= Self.longestOnLoop {
                    release = machine.push(chunk, ThreadBench.current)
                } else {
                    let before = machine
                    (machine, release) = try await Self.away(pool) {
                        var machine = before
                        let release = machine.push(chunk, ThreadBench.current)
                        return (machine, release)
                    }
                }
                try await items.send(release)
            }
            for release in machine.finish(ThreadBench.current) { try await items.send(release) }
        } catch {
            // Whoever has left: what was found in what had come stands in the audit.
            _ = machine.finish(ThreadBench.current)
            _ = ended(machine, request, book, started)
            throw error
        }
        return ended(machine, request, book, started)
    }

    private func ended(
        _ machine: ScanMachine,
        _ request: ScanRequest,
        _ book: PolicyBook,
        _ started: ContinuousClock.Instant
    ) -> ScanReply {
        var reply = ScanReply(action: machine.action, policyVersion: book.version)
        guard !machine.findings.isEmpty || machine.action != .allow else { return reply }
        reply.decisionID = DecisionName.make()
        figures.decided(machine.action, machine.findings)
        audit.add(
            DecisionItem(
                id: reply.decisionID,
                atUS: clock.nowUS,
                requestID: request.requestID,
                direction: .outbound,
                scope: request.scope,
                action: machine.action,
                reason: machine.reason,
                policyVersion: book.version,
                findings: Array(machine.findings.prefix(AuditQueue.mostFindings)),
                durationUS: Self.microseconds(since: started)
            )
        )
        return reply
    }

    private func tag(_ tenant: String) -> Masker.Tag {
        let key = placeholderKey
        return { value in keyedHash(key.derived(for: tenant), value) }
    }

    /// Runs on a thread of the pool, and not at all for a caller that is gone.
    private static func away<Value: Sendable>(
        _ pool: NIOThreadPool,
        _ body: @escaping @Sendable () -> Value
    ) async throws(ServiceError) -> Value {
        do {
            return try await pool.runIfActive(body)
        } catch {
            throw ServiceError(
                .unavailable,
                reason: "stopping",
                message: "the guard is stopping, or the caller is gone",
                retry: .same(afterMilliseconds: 100)
            )
        }
    }

    private static func microseconds(since start: ContinuousClock.Instant) -> Int {
        let passed = (ContinuousClock.now - start).components
        return Int(passed.seconds) * 1_000_000 + Int(passed.attoseconds / 1_000_000_000_000)
    }
}

/// The memory for looking through texts that belongs to the thread which asks for it.
///
/// Unchecked: an instance is made by its thread, handed to that thread alone and used by calls that do not wait.
final class ThreadBench: @unchecked Sendable {
    private static let benches = ThreadSpecificVariable<ThreadBench>()

    private let bench = Workbench()

    static var current: Workbench {
        if let own = benches.currentValue { return own.bench }
        let own = ThreadBench()
        benches.currentValue = own
        return own.bench
    }
}

/// Names of decisions.
enum DecisionName {
    static func make() -> String {
        var hash = FingerprintHash()
        hash.add(String(UInt64.random(in: .min ... .max), radix: 16))
        let tail = String(UInt32.random(in: .min ... .max), radix: 16)
        return "gd_" + hash.hexadecimal + String(repeating: "0", count: 8 - tail.count) + tail
    }
}
