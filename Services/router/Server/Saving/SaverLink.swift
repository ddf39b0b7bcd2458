import Contracts
import Dialects
package import Logging
import Observability
package import PeerRPC
import RouterCore
package import Secrets
import Synchronization

/// What the router needs of the saver; without it requests go out as they are.
package final class SaverLink: Sendable {
    /// One call about a small text: longer than this no request waits for being made smaller.
    package static let callDeadline = Duration.milliseconds(250)
    /// The same for texts that were sent before: without their form all that their provider has cached is lost.
    private static let replayDeadline = Duration.seconds(2)
    /// What a megabyte of text adds to it.
    private static let deadlinePerMegabyte = Duration.milliseconds(500)
    /// Earlier settings whose instructions are remembered.
    private static let pastLimit = 256

    private struct Past: Hashable {
        var epoch: String
        var scopes: MemoryKey
    }

    private let client: RPCClient
    private let callDeadline: Duration
    private let metrics: PreparationMetrics
    private let logger: Logger
    private let hash: @Sendable ([UInt8]) -> MemoryKey
    private let book = Mutex<SettingsBook?>(nil)
    private let past = Mutex<[Past: [AddedDirective]]>([:])
    private let reachable = Atomic(false)

    package init(
        client: RPCClient,
        hashKey: Subkey,
        callDeadline: Duration = SaverLink.callDeadline,
        metrics: PreparationMetrics,
        logger: Logger
    ) {
        self.client = client
        self.callDeadline = callDeadline
        self.metrics = metrics
        self.logger = logger
        hash = { MemoryKey(keyedHash(hashKey, $0)) }
    }

    /// Whether it is known which savers are on.
    package var isReady: Bool { book.withLock { $0 != nil } }

    /// What applies; `nil` while nobody has said.
    func rules(_ scope: RequestScope) -> SettingsRules? {
        book.withLock { $0?.rules(scope) }
    }

    // MARK: Texts

    /// Asks for smaller texts.
    ///
    /// - Parameters:
    ///   - request: The texts.
    ///   - bytes: How long they are together.
    ///   - isReplay: Whether one of them was sent before.
    ///   - patience: How much longer than usual it may take.
    ///   - trace: What the request belongs to.
    /// - Returns: The answer; `nil` when there is none that can be used.
    func compress(
        _ request: CompressRequest,
        bytes: Int,
        isReplay: Bool,
        patience: Duration = .zero,
        trace: TraceContext
    ) async -> CompressReply? {
        let usual = isReplay ? max(callDeadline, Self.replayDeadline) : callDeadline
        let length = usual + patience + Self.deadlinePerMegabyte * bytes / (1 << 20)
        do throws(ServiceError) {
            let reply = try await client.call(
                SaverMethods.compress,
                request,
                deadline: .now + length,
                traceparent: trace.child().header
            )
            if let fault = Self.fault(reply, request) {
                note(fault, request.requestID)
                return nil
            }
            metrics.saverCalled("ok")
            return reply
        } catch {
            note(error.reason, request.requestID)
            return nil
        }
    }

    /// The instructions that were added under earlier settings.
    func directives(
        under origin: SavingOrigin,
        _ request: CompressRequest,
        trace: TraceContext
    ) async -> [AddedDirective] {
        let key = Past(epoch: origin.epoch, scopes: origin.scopes)
        if let known = past.withLock({ $0[key] }) { return known }
        guard let reply = await compress(request, bytes: 0, isReplay: true, trace: trace) else { return [] }
        // A saver that no longer knows the settings answers under the present ones: nobody knows then.
        let directives = reply.epoch == origin.epoch ? reply.directives.map(AddedDirective.init) : []
        past.withLock { past in
            if past.count >= Self.pastLimit { past.removeAll() }
            past[key] = directives
        }
        return directives
    }

    /// Why an answer cannot be used: it is about other texts, or makes one larger.
    private static func fault(_ reply: CompressReply, _ request: CompressRequest) -> String? {
        let lengths = Dictionary(request.segments.map { ($0.id, $0.text.utf8.count) }) { first, _ in first }
        var seen: Set<Int> = []
        for replacement in reply.replacements {
            guard let length = lengths[replacement.segment], seen.insert(replacement.segment).inserted else {
                return "unknown_segment"
            }
            guard replacement.text.utf8.count <= length, replacement.tokensAfter <= replacement.tokensBefore else {
                return "larger"
            }
        }
        return nil
    }

    private func note(_ reason: String, _ requestID: String) {
        metrics.saverCalled(reason)
        logger.notice(
            "the saver could not answer; the texts go out as they are",
            metadata: [LogKeys.requestID: "\(requestID)", LogKeys.errorType: "\(reason)"]
        )
    }

    // MARK: Settings

    /// Follows the savers' settings until cancelled.
    package func run() async {
        var pause = Duration.milliseconds(50)
        _ = await client.waitUntilReady(deadline: .now + .seconds(5))
        while !Task.isCancelled {
            let begun = ContinuousClock.now
            _ = try? await client.stream(SaverMethods.settings, Empty(), deadline: nil) { [self] in take($0) }
            setReachable(false)
            if ContinuousClock.now - begun > .seconds(5) { pause = .milliseconds(50) }
            try? await Task.sleep(for: pause)
            pause = min(pause * 2, .seconds(2))
        }
    }

    private func take(_ settings: SaverSettings) {
        book.withLock { $0 = SettingsBook(settings, hash: hash) }
        setReachable(true)
        logger.info(
            "saver settings loaded",
            metadata: [
                "keirouter.saver.epoch": "\(settings.epoch)", "keirouter.saver.scopes": "\(settings.scopes.count)",
            ]
        )
    }

    private func setReachable(_ isReachable: Bool) {
        guard reachable.exchange(isReachable, ordering: .relaxed) != isReachable, !Task.isCancelled else { return }
        if !isReachable { logger.warning("the saver is away; requests go out as they are") }
    }
}
