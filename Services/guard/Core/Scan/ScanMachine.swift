package import Contracts
import Patterns

/// One answer while it streams: a state for each of its channels.
///
/// Pure: text goes in, what may go on comes out. After a block nothing comes out any more.
package struct ScanMachine {
    /// Choices, kinds and indexes that one answer may have; an answer with more is blocked.
    package static let mostChannels = 1024
    /// Findings remembered for the audit.
    package static let mostFindings = 1000

    private let plan: DetectionPlan
    private let masker: Masker
    private let window: Int
    private var channels: [String: ChannelScan] = [:]
    /// In the order in which they began.
    private var order: [String] = []
    package private(set) var action = GuardAction.allow
    package private(set) var findings: [Finding] = []
    package private(set) var isBlocked = false
    /// What texts are held to as a whole.
    private let check: AnswerCheck?
    private var watches: [String: AnswerWatch] = [:]
    private var callsTools = false
    /// What was wrong with the answer as a whole.
    private var answerFault: String?

    /// Makes one for an answer.
    ///
    /// - Parameters:
    ///   - plan: What is looked for.
    ///   - window: Unicode scalars that are held back at most.
    ///   - tag: A keyed hash, for replacements.
    ///   - answerSchema: The JSON Schema that the request asks for.
    package init(
        _ plan: DetectionPlan,
        window: Int,
        tag: @escaping Masker.Tag,
        answerSchema: [UInt8]? = nil
    ) {
        self.plan = plan
        self.window = window
        masker = Masker(plan.strategy, tag: tag)
        check = plan.answers?.check(answerSchema)
    }

    /// Takes in a piece of a channel; an empty one lets go all that the channel holds.
    package mutating func push(_ chunk: ScanChunk, _ bench: Workbench) -> ScanRelease {
        guard !isBlocked else { return ScanRelease(channel: chunk.channel, release: "", action: .block) }
        if plan.isEmpty, check == nil {
            return ScanRelease(channel: chunk.channel, release: chunk.text, action: .allow)
        }
        guard var scan = channels[chunk.channel] ?? open(chunk.channel) else {
            isBlocked = true
            action = .block
            return ScanRelease(channel: chunk.channel, release: "", action: .block)
        }
        // The only reference while it changes, so that nothing is copied.
        channels[chunk.channel] = nil
        let release = chunk.text.isEmpty ? scan.flush(bench) : scan.push(chunk.text, bench)
        channels[chunk.channel] = scan
        return watch(chunk.channel, chunk.text, note(release, chunk.channel), bench)
    }

    /// The answer is over: what every channel that holds text lets go.
    package mutating func finish(_ bench: Workbench) -> [ScanRelease] {
        var releases: [ScanRelease] = []
        for name in order where !isBlocked {
            guard var scan = channels[name] else { continue }
            let heldText = scan.holdsText || watches[name]?.holdsText == true
            // What is only noted may be decided by the end too.
            let flushed = note(scan.flush(bench), name)
            channels[name] = scan
            let release = watch(name, "", flushed, bench)
            if heldText || isBlocked || !release.release.isEmpty { releases.append(release) }
        }
        return releases
    }

    /// Detectors and entities behind the verdict, never text.
    package var reason: String {
        var reasons = Reasons()
        for finding in findings {
            let isAnswer = finding.detector == AnswerCheck.detector
            let name = isAnswer ? answerFault : nil
            reasons.add(name ?? "\(finding.detector) \(finding.entity)", finding.action)
        }
        return reasons.text
    }

    private mutating func open(_ name: String) -> ChannelScan? {
        guard order.count < Self.mostChannels else { return nil }
        order.append(name)
        let kind = name.split(separator: "/").dropFirst().first
        let isArguments = kind == "tool_args"
        if isArguments { callsTools = true }
        if let check, kind == "text" { watches[name] = AnswerWatch(check) }
        return ChannelScan(plan, masker, window: window, isArguments: isArguments)
    }

    private mutating func note(_ release: ChannelRelease, _ channel: String) -> ScanRelease {
        action = action.stricter(release.action)
        isBlocked = release.isBlocked
        findings += release.findings.prefix(max(0, Self.mostFindings - findings.count))
        return ScanRelease(
            channel: channel,
            release: String(decoding: release.bytes, as: UTF8.self),
            action: action,
            findings: release.findings
        )
    }

    // MARK: Answers as a whole

    /// Judges a text whose block is over; text next to a call of a tool is talk.
    private mutating func watch(
        _ channel: String,
        _ piece: String,
        _ release: ScanRelease,
        _ bench: Workbench
    ) -> ScanRelease {
        guard !isBlocked, let check, var watch = watches.removeValue(forKey: channel) else { return release }
        defer { watches[channel] = watch }
        var release = release
        release.release = watch.push(piece, released: release.release)
        guard piece.isEmpty && !watch.isOver || watch.isDecided else { return release }
        guard !callsTools else {
            release.release += watch.letGo()
            return release
        }
        let (fault, released) = watch.judge(bench.matcher)
        release.release += released
        guard let fault else { return release }
        let finding = fault.finding(segment: 0, check.action)
        answerFault = fault.reason
        action = action.stricter(check.action)
        release.action = action
        release.findings.append(finding)
        if findings.count < Self.mostFindings { findings.append(finding) }
        if check.action == .block {
            isBlocked = true
            release.release = ""
        }
        return release
    }
}
