import Contracts
import HTTP
import Logging
import Observability
import SaverCore
import Synchronization

/// Has results that the rules left as they are made smaller by Headroom, and believes nothing that it can check.
///
/// Whatever goes wrong, the texts go out as they are. What was made of a text once is given again as long as it is
/// remembered; a text that was sent before is never asked about again, since nobody knows that the same would come.
final class HeadroomSaver: Sendable {
    static let name = "headroom"
    /// Longer conversations are not sent.
    private static let longestConversation = 8 << 20
    private static let probeTime = Duration.milliseconds(500)
    /// Servers whose standing is remembered; with more, the one asked first is forgotten.
    private static let mostServers = 32

    private let client: HeadroomClient
    private let engine: SaverEngine
    private let logger: Logger
    private let memory = Mutex(HeadroomMemory())
    private let breakers = Mutex<[HeadroomAddress: HeadroomBreaker]>([:])

    init(client: HeadroomClient, engine: SaverEngine, logger: Logger) {
        self.client = client
        self.engine = engine
        self.logger = logger
    }

    /// - Parameters:
    ///   - request: The texts, and the messages around them where there are new ones.
    ///   - settled: The segments that have a replacement already.
    ///   - setting: How to ask.
    ///   - deadline: When nobody waits any more.
    /// - Returns: Replacements of other segments.
    func replacements(
        _ request: CompressRequest,
        except settled: Set<Int>,
        _ setting: ScopeSetting.Headroom,
        until deadline: ContinuousClock.Instant?
    ) async -> [Replacement] {
        var found: [Replacement] = []
        var open: [Subject: (segment: CompressSegment, result: ToolResult)] = [:]
        for segment in request.segments where !settled.contains(segment.id) {
            guard let subject = Subject(segment, userMessages: setting.userMessages) else { continue }
            let result = ToolResult(segment)
            guard engine.mayTouch(result) else { continue }
            if let known = memory.withLock({ $0.saving(Self.key(segment)) }) {
                found.append(Replacement(known, segment: segment.id))
            } else {
                open[subject] = (segment, result)
            }
        }
        guard !open.isEmpty, let conversation = request.conversation,
            conversation.messages.count <= Self.longestConversation
        else { return found }
        let end = min(deadline ?? .now + .seconds(60), .now + .milliseconds(setting.timeoutMS))
        do throws(HeadroomFault) {
            let ask = HeadroomRequest(
                model: request.scope.model ?? "",
                messages: conversation.messages,
                frozen: conversation.frozen,
                session: conversation.id,
                userMessages: setting.userMessages
            )
            found += try await made(ask, of: open, setting, until: end)
            count("ok")
        } catch {
            count(error.rawValue)
            logger.debug(
                "headroom is not used for a request",
                metadata: [LogKeys.requestID: "\(request.requestID)", LogKeys.errorType: "\(error.rawValue)"]
            )
        }
        return found
    }

    private func made(
        _ ask: HeadroomRequest,
        of open: [Subject: (segment: CompressSegment, result: ToolResult)],
        _ setting: ScopeSetting.Headroom,
        until deadline: ContinuousClock.Instant
    ) async throws(HeadroomFault) -> [Replacement] {
        guard let address = HeadroomAddress(setting.address) else { throw .refused }
        let answer = try await answer(ask, at: address, until: deadline)
        let results = try answer.results(of: ask.messages, frozen: ask.frozen, userMessages: ask.userMessages)
        var made: [Replacement] = []
        for result in results {
            let subject = Subject(result)
            guard let (segment, original) = open[subject],
                let saving = engine.adopt(
                    Array(result.text.utf8),
                    of: original,
                    saver: Self.name,
                    rule: subject.isUsers ? "compress-user" : "compress"
                )
            else { continue }
            memory.withLock { $0.put(saving, for: Self.key(segment)) }
            made.append(Replacement(saving, segment: segment.id))
        }
        if made.isEmpty, answer.claimedSaved > 0, results.contains(where: { open[Subject($0)] != nil }) {
            throw .phantom
        }
        return made
    }

    // MARK: Standing

    private func answer(
        _ ask: HeadroomRequest,
        at address: HeadroomAddress,
        until deadline: ContinuousClock.Instant
    ) async throws(HeadroomFault) -> HeadroomAnswer {
        switch breaker(address, { $0.permission(now: .now) }) {
        case .rest: throw .resting
        case .ask: break
        case .probe:
            let ready = try? await client.readiness(of: address, until: min(deadline, .now + Self.probeTime))
            guard ready?.isReady == true else {
                _ = breaker(address) { $0.failed(now: .now) }
                throw .resting
            }
        }
        do throws(HeadroomFault) {
            let answer = try await client.compress(ask, at: address, until: deadline)
            if breaker(address, { $0.succeeded() }) { logger.notice("headroom answers again") }
            return answer
        } catch {
            if error.isOutage, breaker(address, { $0.failed(now: .now) }) {
                logger.warning(
                    "headroom does not answer; texts go out as they are",
                    metadata: [
                        "keirouter.headroom": "\(address.origin.authority)", LogKeys.errorType: "\(error.rawValue)",
                    ]
                )
            }
            throw error
        }
    }

    private func breaker<T: Sendable>(_ address: HeadroomAddress, _ body: (inout HeadroomBreaker) -> T) -> T {
        breakers.withLock { breakers in
            if breakers.count >= Self.mostServers, breakers[address] == nil, let any = breakers.keys.first {
                breakers[any] = nil
            }
            return body(&breakers[address, default: HeadroomBreaker()])
        }
    }

    private func count(_ outcome: String) {
        MetricsRegistry.shared.counter(MetricNames.headroomCalls.label, [("outcome", outcome)])
            .increment(by: Int64(1))
    }

    private static func key(_ segment: CompressSegment) -> HeadroomMemory.Key {
        HeadroomMemory.Key(text: segment.text, tool: segment.toolName)
    }

    // MARK: Readiness

    /// What the servers of the settings say about themselves now.
    func probes(_ addresses: [String]) async -> [ProbeItem] {
        await withTaskGroup(of: ProbeItem.self) { group in
            for url in addresses.prefix(Self.mostServers) {
                group.addTask { await self.probe(url) }
            }
            var items: [ProbeItem] = []
            for await item in group { items.append(item) }
            return items.sorted { $0.id < $1.id }
        }
    }

    private func probe(_ url: String) async -> ProbeItem {
        guard let address = HeadroomAddress(url) else { return ProbeItem(id: url, state: "away", detail: "no address") }
        do throws(HeadroomFault) {
            let readiness = try await client.readiness(of: address, until: .now + .seconds(2))
            let state = readiness.isReady ? (readiness.missing.isEmpty ? "ready" : "degraded") : "not_ready"
            return ProbeItem(id: url, state: state, detail: readiness.missing.joined(separator: ", "))
        } catch {
            return ProbeItem(id: url, state: "away", detail: error.rawValue)
        }
    }
}

/// What is asked about: the result of a call, or words of a user, which have no name but themselves.
private enum Subject: Hashable {
    case call(String)
    case words(String)

    init?(_ segment: CompressSegment, userMessages: Bool) {
        if segment.kind == .toolResult {
            self = .call(String(segment.id))
        } else if userMessages, segment.kind == .text, segment.role == "user" {
            self = .words(segment.text)
        } else {
            return nil
        }
    }

    init(_ result: HeadroomAnswer.Result) {
        self = result.id.map(Self.call) ?? .words(result.original)
    }

    var isUsers: Bool {
        if case .words = self { true } else { false }
    }
}

extension ToolResult {
    init(_ segment: CompressSegment) {
        self.init(
            text: Array(segment.text.utf8),
            toolName: segment.toolName,
            command: segment.command,
            isError: segment.isError
        )
    }
}

extension Replacement {
    init(_ saving: SaverCore.Saving, segment: Int) {
        self.init(
            segment: segment,
            text: String(decoding: saving.text, as: UTF8.self),
            saver: saving.saver,
            rule: saving.rule,
            tokensBefore: saving.tokensBefore,
            tokensAfter: saving.tokensAfter
        )
    }
}
