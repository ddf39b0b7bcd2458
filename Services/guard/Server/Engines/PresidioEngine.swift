import GuardCore
import HTTP
import JSON
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// Why the analyzer gave no answer that can be used; fixed phrases, nothing of what was sent.
struct PresidioFault: Error, Hashable, Sendable, CustomStringConvertible {
    let description: String

    static let notConfigured = PresidioFault(description: "guardrails.presidio.url is not set")
    static let resting = PresidioFault(description: "it failed before and is left alone for a moment")
    static let unreadable = PresidioFault(description: "its answer is not what an analyzer says")
}

/// Asks a Presidio analyzer which personal data stands in texts: one call for all texts of a request.
///
/// An analyzer that fails several times in a row is left alone for a moment, so that not every request waits for it in vain.
final class PresidioEngine: Sendable {
    /// Failures in a row after which it is left alone, and for how long.
    private static let mostFailures = 3
    private static let rest = Duration.seconds(2)
    /// An answer is never this long for the texts that are sent.
    private static let longestAnswer = 4 << 20

    private struct Standing {
        var failures = 0
        var restsUntil: ContinuousClock.Instant?
    }

    private let settings: PresidioSettings
    private let client: UpstreamClient
    private let group: any EventLoopGroup
    private let logger: Logger
    private let standing = Mutex(Standing())

    init(_ settings: PresidioSettings, group: any EventLoopGroup, logger: Logger) {
        self.settings = settings
        self.group = group
        self.logger = logger
        let place = HTTP.HostPort(host: settings.origin.host, port: settings.origin.port)
        client = UpstreamClient(group: group, egress: EgressPolicy(declared: [place]), logger: logger)
    }

    func shutdown() async {
        await client.shutdown()
    }

    /// What it finds in each of the texts.
    ///
    /// - Parameters:
    ///   - texts: At least one.
    ///   - entities: What to look for.
    ///   - minimumScore: What scores less is left out.
    /// - Returns: One list for each text, ranges in bytes of UTF-8.
    /// - Throws: ``PresidioFault`` when it does not answer in time, or not properly.
    func analyze(
        _ texts: [String],
        entities: [String],
        minimumScore: Double
    ) async throws(PresidioFault) -> [[ExternalMatch]] {
        let isResting = standing.withLock { standing in standing.restsUntil.map { $0 > .now } ?? false }
        guard !isResting else { throw .resting }
        let body = PresidioWire.request(texts, entities: entities, minimumScore: minimumScore, settings.language)
        do throws(PresidioFault) {
            let answer = try await post(ByteBuffer(bytes: body))
            guard let matches = PresidioWire.matches(answer, of: texts) else { throw .unreadable }
            succeeded()
            return matches
        } catch {
            failed(error)
            throw error
        }
    }

    private func post(_ body: ByteBuffer) async throws(PresidioFault) -> [UInt8] {
        // Connections belong to a loop; the call that waits for the answer moves there for so long.
        let loop = MultiThreadedEventLoopGroup.currentEventLoop ?? group.next()
        let result: Result<[UInt8], PresidioFault> = await withTaskExecutorPreference(LoopExecutor(loop)) {
            await exchange(body)
        }
        return try result.get()
    }

    private func exchange(_ body: ByteBuffer) async -> Result<[UInt8], PresidioFault> {
        let time = settings.timeout
        let request = UpstreamRequest(
            method: .POST,
            path: settings.path,
            headers: ["Content-Type": "application/json", "Accept": "application/json"],
            body: body
        )
        do throws(UpstreamError) {
            let deadlines = UpstreamDeadlines(connect: time, firstByte: time, stall: time, total: time)
            let response = try await client.send(request, to: settings.origin, deadlines: deadlines)
            let status = response.head.status.code
            guard status == 200 else {
                response.cancel()
                return .failure(PresidioFault(description: "it answered with status \(status)"))
            }
            let answer = try await response.collect(limit: Self.longestAnswer)
            return .success(Array(answer.readableBytesView))
        } catch {
            return .failure(PresidioFault(description: Self.phrase(error)))
        }
    }

    private static func phrase(_ error: UpstreamError) -> String {
        switch error {
        case .connectTimedOut, .firstByteTimedOut, .stalled, .totalTimedOut: "it did not answer in time"
        case .cancelled: "the caller is gone"
        case .refusedByPolicy: "its address may not be dialed"
        case .resolveFailed: "its name has no address"
        case .connectFailed, .tlsFailed: "it cannot be connected to"
        default: "it broke off its answer"
        }
    }

    // MARK: Standing

    private func succeeded() {
        let wasFailing = standing.withLock { standing in
            defer { standing = Standing() }
            return standing.failures > 0
        }
        if wasFailing { logger.notice("presidio answers again") }
    }

    private func failed(_ fault: PresidioFault) {
        let failures = standing.withLock { standing in
            standing.failures += 1
            if standing.failures >= Self.mostFailures { standing.restsUntil = .now + Self.rest }
            return standing.failures
        }
        // Once for each time it goes away.
        guard failures == 1 else { return }
        logger.warning("presidio does not answer", metadata: ["error": "\(fault)"])
    }
}
