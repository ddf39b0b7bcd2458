import Contracts
import Dialects
package import Logging
import Observability
package import PeerRPC
import RouterCore
package import Secrets
import Synchronization

/// What the router needs of the guard, and what it does when the guard is away.
package final class GuardLink: Sendable {
    /// One call about a small text; engines that a guard asks over the network need their time.
    private static let callDeadline = Duration.seconds(2)
    /// What a megabyte of text adds to it.
    private static let deadlinePerMegabyte = Duration.milliseconds(500)
    /// How long a text that must not pass unseen waits for a guard that restarts.
    private static let patience = Duration.seconds(3)
    private static let retryPause = Duration.milliseconds(40)
    /// How often a guard without a list is asked for one.
    private static let externalPause = Duration.seconds(30)

    let client: RPCClient
    let metrics: PreparationMetrics
    private let logger: Logger
    private let book: Mutex<PolicyBook>
    /// Set when the guard has said that it does not scan streams.
    private let isWithoutScan = Atomic(false)
    private let reachable = Atomic(false)

    package init(client: RPCClient, hashKey: Subkey, metrics: PreparationMetrics, logger: Logger) {
        self.client = client
        self.metrics = metrics
        self.logger = logger
        book = Mutex(PolicyBook { MemoryKey(keyedHash(hashKey, $0)) })
    }

    /// Whether it is known which policies there are.
    package var isReady: Bool { book.withLock { $0.isKnown } }

    /// Whether the guard can be asked to scan a stream.
    var scans: Bool {
        get { !isWithoutScan.load(ordering: .relaxed) }
        set { isWithoutScan.store(!newValue, ordering: .relaxed) }
    }

    func rules(_ direction: Direction, _ scope: RequestScope) -> GuardRules {
        book.withLock { $0.rules(direction, scope) }
    }

    /// Waits for the first list of policies; for a request that came while the gateway starts.
    func waitForPolicies() async {
        let end = ContinuousClock.now + Self.patience
        while !isReady, ContinuousClock.now < end, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(10)) }
    }

    // MARK: Texts

    /// Asks the guard about texts.
    ///
    /// - Parameters:
    ///   - request: The texts.
    ///   - bytes: How long they are together.
    ///   - failure: Where texts may pass unseen, nobody waits for a guard that is away.
    ///   - trace: What the request belongs to.
    /// - Returns: The answer, as the guard gave it.
    /// - Throws: What kept it from answering.
    func inspect(
        _ request: InspectRequest,
        bytes: Int,
        failure: GuardRules.Failure,
        trace: TraceContext
    ) async throws(ServiceError) -> InspectReply {
        let start = ContinuousClock.now
        let length = Self.callDeadline + Self.deadlinePerMegabyte * bytes / (1 << 20)
        while true {
            do throws(ServiceError) {
                let reply = try await client.call(
                    GuardMethods.inspect,
                    request,
                    deadline: .now + length,
                    traceparent: trace.child().header
                )
                metrics.guardCalled("inspect", "ok")
                return reply
            } catch {
                metrics.guardCalled("inspect", error.reason)
                guard failure == .closed, error.code == .unavailable, ContinuousClock.now - start < Self.patience,
                    !Task.isCancelled
                else { throw error }
            }
            try? await Task.sleep(for: Self.retryPause)
        }
    }

    /// Takes note that the guard could not answer, and says what the client is told where nothing passes unseen.
    func failed(_ failure: GuardRules.Failure, _ reason: String, requestID: String) -> ClientError? {
        // The request was given up: that is no failure of the guard, and nobody hears of it.
        if Task.isCancelled { return Self.unavailable }
        metrics.guardFailed(failure.rawValue)
        logger.warning(
            "the guard could not answer",
            metadata: [
                LogKeys.requestID: "\(requestID)", LogKeys.errorType: "\(reason)",
                "keirouter.guard.on_failure": "\(failure.rawValue)",
            ]
        )
        return failure == .closed ? Self.unavailable : nil
    }

    /// What the client is told where a text must not pass unseen.
    static let unavailable = ClientError(
        .unavailable,
        "the guardrails cannot be applied now",
        code: "guard_unavailable",
        retryAfter: 1
    )

    // MARK: Policies

    /// Follows the guard's policies until cancelled.
    package func run() async {
        var pause = Duration.milliseconds(50)
        _ = await client.waitUntilReady(deadline: .now + .seconds(5))
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            do throws(ServiceError) {
                _ = try await client.stream(GuardMethods.policies, Empty(), deadline: nil) { [self] in take($0) }
            } catch {
                if error.code == .methodNotFound || error.code == .unimplemented { forgetList() }
            }
            setReachable(false)
            // A stream that has held for a while says that the guard had been well.
            if ContinuousClock.now - begun > .seconds(5) { pause = .milliseconds(50) }
            let isExternal = book.withLock { $0.isKnown && !$0.hasList }
            try? await Task.sleep(for: isExternal ? Self.externalPause : pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func take(_ list: PolicyList) {
        book.withLock { $0 = $0.with(list) }
        scans = true
        setReachable(true)
        logger.info(
            "guard policies loaded",
            metadata: [
                "keirouter.guard.version": "\(list.version)", "keirouter.guard.scopes": "\(list.scopes.count)",
            ]
        )
    }

    private func forgetList() {
        let isNew = book.withLock { book in
            defer { book = book.withoutList() }
            return book.hasList || !book.isKnown
        }
        if isNew { logger.notice("the guard lists no policies; it is asked about every text") }
    }

    private func setReachable(_ isReachable: Bool) {
        guard reachable.exchange(isReachable, ordering: .relaxed) != isReachable, !Task.isCancelled else { return }
        if !isReachable { logger.warning("the guard is away; its last policies say what may pass") }
    }
}
