import Contracts
import Dialects
import RouterCore

/// An answer on its way through the guard's window and back to what its placeholders stand for; confined to its event loop.
///
/// What goes in comes out later, in order, changed where a policy says so. A guard that goes away in the middle is followed
/// by another one that is told the text from the start: what it releases again is not released twice.
final class AnswerScan {
    /// How often another guard is tried in one answer.
    private static let restartLimit = 40
    private static let restartPause = Duration.milliseconds(100)
    /// How long an answer waits for a guard that restarts.
    private static let patience = Duration.seconds(3)

    private enum Way {
        /// Nothing is asked: only placeholders are undone.
        case open
        /// Asked when the first text comes.
        case waiting
        case stream(StreamScan)
        /// The guard does not scan: texts are inspected window by window.
        case windows(WindowScan)
        case over
    }

    private let link: GuardLink
    private let rules: GuardRules
    private let scope: RequestScope
    private let request: PreparationRequest
    private let restores: [Restore]
    private var way: Way
    private var channels: [AnswerChannel: ScanChannel] = [:]
    private var order: [AnswerChannel] = []
    private var names: [String: AnswerChannel] = [:]
    /// What was let go and not yet handed on.
    private var owed: [AnswerChannel: String] = [:]
    private var stop: ScanFailure?
    private var restarts = 0

    init(
        _ link: GuardLink,
        _ rules: GuardRules,
        _ scope: RequestScope,
        _ request: PreparationRequest,
        restores: [Restore]
    ) {
        self.link = link
        self.rules = rules
        self.scope = scope
        self.request = request
        self.restores = restores
        way = rules.isActive ? .waiting : .open
    }

    // MARK: Texts

    /// Takes the next text of a channel.
    ///
    /// - Returns: What may go on now; often less, and more at another time.
    /// - Throws: ``ScanFailure`` when no more of the answer may be released.
    func push(_ channel: AnswerChannel, _ text: String) async throws(ScanFailure) -> String {
        guard !text.isEmpty else { return "" }
        open(channel)
        if rules.isActive { channels[channel]?.push(text) }
        if case .waiting = way { try await start() }
        switch way {
        case .open, .over, .waiting: owe(channel, text)
        case .windows(let windows): owe(channel, try await windows.push(channel, text, link, request))
        case .stream(let stream): try await exchange(stream, channel, text)
        }
        return try settle(channel)
    }

    /// Ends what a channel holds back: its block is over.
    func flush(_ channel: AnswerChannel) async throws(ScanFailure) -> String {
        guard channels[channel] != nil else { return "" }
        switch way {
        case .open, .over, .waiting: break
        case .windows(let windows): owe(channel, try await windows.flush(channel, link, request))
        case .stream(let stream): try await exchange(stream, channel, "")
        }
        try check(channel)
        let text = try settle(channel)
        return text + (channels[channel]?.restorer.flush() ?? "")
    }

    /// Ends the answer.
    ///
    /// - Returns: What was held back of each channel, in the order the channels began.
    /// - Throws: ``ScanFailure`` when none of it may be released.
    func finish() async throws(ScanFailure) -> [(AnswerChannel, String)] {
        switch way {
        case .open, .over, .waiting: break
        case .windows(let windows):
            for channel in order { owe(channel, try await windows.flush(channel, link, request)) }
        case .stream(let stream): try await finish(stream)
        }
        way = .over
        var rest: [(AnswerChannel, String)] = []
        for channel in order {
            try check(channel)
            let text = try settle(channel) + (channels[channel]?.restorer.flush() ?? "")
            if !text.isEmpty { rest.append((channel, text)) }
        }
        return rest
    }

    private func open(_ channel: AnswerChannel) {
        guard channels[channel] == nil else { return }
        let opened = ScanChannel(channel, restores)
        channels[channel] = opened
        names[opened.name] = channel
        order.append(channel)
    }

    private func owe(_ channel: AnswerChannel, _ text: String) {
        guard !text.isEmpty else { return }
        if rules.isActive { channels[channel]?.note(text) }
        owed[channel, default: ""] += text
    }

    /// Hands on what was let go, with the originals put back.
    private func settle(_ channel: AnswerChannel) throws(ScanFailure) -> String {
        if let stop { throw stop }
        guard let text = owed.removeValue(forKey: channel) else { return "" }
        return channels[channel]?.restorer.push(text) ?? text
    }

    // MARK: The stream

    private func start() async throws(ScanFailure) {
        guard link.scans else {
            way = .windows(WindowScan(rules, scope))
            return
        }
        do throws(ServiceError) {
            way = .stream(try await StreamScan(link, request, scope: scope))
        } catch {
            // The request was cancelled: nobody waits for the answer.
            throw .unavailable(GuardLink.unavailable)
        }
    }

    private func exchange(_ stream: StreamScan, _ channel: AnswerChannel, _ text: String) async throws(ScanFailure) {
        guard let name = channels[channel]?.name else { return }
        do throws(ServiceError) {
            try await stream.exchange(name, text) { take($0) }
        } catch {
            try await recover(from: error)
        }
        if stop != nil { await noteVerdict(stream) }
    }

    private func finish(_ stream: StreamScan) async throws(ScanFailure) {
        do throws(ServiceError) {
            note(try await stream.finish { take($0) })
            link.metrics.guardCalled("scan", "ok")
        } catch {
            try await recover(from: error)
            if case .stream(let next) = way {
                do throws(ServiceError) {
                    note(try await next.finish { take($0) })
                } catch {
                    try giveUp(error)
                }
            }
        }
    }

    /// Arguments that a mask has broken must not be acted on.
    private func check(_ channel: AnswerChannel) throws(ScanFailure) {
        guard channels[channel]?.isBroken == true else { return }
        request.note(.block)
        throw .blocked("masking would break the arguments of a tool call")
    }

    private func take(_ release: ScanRelease) {
        guard let channel = names[release.channel] else { return }
        if !release.findings.isEmpty || release.action != .allow {
            request.note(release.action, fired: release.findings.map(InspectAnswer.label))
        }
        if release.action == .block {
            let label = release.findings.last.map { "\($0.detector):\($0.entity)" } ?? ""
            stop = stop ?? .blocked(label)
            return
        }
        guard let text = channels[channel]?.release(release.release) else {
            stop = stop ?? .unavailable(GuardLink.unavailable)
            return
        }
        if !text.isEmpty { owed[channel, default: ""] += text }
    }

    private func note(_ reply: ScanReply) {
        request.note(reply.action, decisionID: reply.decisionID)
        if reply.action == .block { stop = stop ?? .blocked("") }
    }

    /// After a block, what the audit calls it.
    private func noteVerdict(_ stream: StreamScan) async {
        guard let reply = try? await stream.finish({ _ in }) else { return }
        note(reply)
    }

    // MARK: When the guard goes away

    /// Goes on with another guard, or without one where texts may pass unseen.
    private func recover(from first: ServiceError) async throws(ScanFailure) {
        var error = first
        let start = ContinuousClock.now
        while stop == nil {
            link.metrics.guardCalled("scan", error.reason)
            if error.code == .methodNotFound || error.code == .unimplemented { return try await inspectInstead() }
            restarts += 1
            let isPatient = rules.failure == .closed && ContinuousClock.now - start < Self.patience
            guard restarts <= (isPatient ? Self.restartLimit : 1), order.allSatisfy({ channels[$0]?.isKept == true }),
                !Task.isCancelled
            else { return try giveUp(error) }
            if restarts > 1 { try? await Task.sleep(for: Self.restartPause) }
            do throws(ServiceError) {
                way = .stream(try await replay())
                return
            } catch let failure {
                error = failure
            }
        }
    }

    /// Tells another guard the text from the start.
    private func replay() async throws(ServiceError) -> StreamScan {
        let stream = try await StreamScan(link, request, scope: scope)
        for channel in order {
            guard let state = channels[channel] else { continue }
            channels[channel]?.startOver()
            try await stream.exchange(state.name, state.pushed) { take($0) }
        }
        return stream
    }

    /// The guard does not scan: what came is inspected window by window from the start.
    private func inspectInstead() async throws(ScanFailure) {
        link.scans = false
        let windows = WindowScan(rules, scope)
        way = .windows(windows)
        for channel in order {
            guard let pushed = channels[channel]?.pushed, !pushed.isEmpty else { continue }
            owe(channel, try await windows.push(channel, pushed, link, request))
        }
    }

    private func giveUp(_ error: ServiceError) throws(ScanFailure) {
        if let error = link.failed(rules.failure, error.reason, requestID: request.requestID) {
            throw .unavailable(error)
        }
        way = .open
        for channel in order {
            // What cannot be told apart from what has gone already is not sent twice: better an error than wrong text.
            guard let rest = channels[channel]?.unreleased else { throw .unavailable(GuardLink.unavailable) }
            owe(channel, rest)
        }
    }
}
