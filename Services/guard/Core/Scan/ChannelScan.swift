import Contracts
import Patterns

/// One channel of an answer: a text, or the pieces of a tool's arguments, whose string values are the texts.
struct ChannelScan {
    private let plan: DetectionPlan
    private let masker: Masker
    private let width: Int
    private var window: TextWindow
    /// Set for a tool's arguments.
    private var strings: JSONStrings?
    private var isInString = false
    /// Bytes of the channel that came before the string that is read.
    private var origin = 0
    private var position = 0

    init(_ plan: DetectionPlan, _ masker: Masker, window: Int, isArguments: Bool) {
        self.plan = plan
        self.masker = masker
        width = window
        strings = isArguments ? JSONStrings() : nil
        self.window = TextWindow(plan, masker, window: window, isEscaped: false)
    }

    var holdsText: Bool { window.holdsText || strings?.held.isEmpty == false }

    /// Takes in a piece.
    mutating func push(_ piece: String, _ bench: Workbench) -> ChannelRelease {
        var release = ChannelRelease()
        guard strings != nil else {
            window.append(piece.utf8)
            advance(isFinal: false, bench, &release)
            return release
        }
        pushSource(Array(piece.utf8), bench, &release)
        return release
    }

    /// Lets go everything: nothing follows that could belong to it.
    mutating func flush(_ bench: Workbench) -> ChannelRelease {
        var release = ChannelRelease()
        advance(isFinal: true, bench, &release)
        guard !release.isBlocked else { return release }
        release.bytes += strings?.takeHeld() ?? []
        return release
    }

    private mutating func advance(isFinal: Bool, _ bench: Workbench, _ release: inout ChannelRelease) {
        release.add(window.advance(isFinal: isFinal, bench), plan, origin: origin)
    }

    // MARK: Arguments

    private mutating func pushSource(_ piece: [UInt8], _ bench: Workbench, _ release: inout ChannelRelease) {
        guard var strings else { return }
        // The only reference while it changes, so that nothing is copied.
        self.strings = nil
        defer { self.strings = strings }
        let held = strings.takeHeld()
        let start = position - held.count
        position += piece.count
        let source = held + piece
        strings.read(source)
        var end = 0
        for part in strings.parts where !release.isBlocked {
            switch part {
            case .source(let range):
                release.bytes += source[range]
                end = range.upperBound
            case .begin:
                origin = start + end
                window = TextWindow(plan, masker, window: width, isEscaped: true)
                isInString = true
            case .text(let decoded, let range):
                if isInString {
                    let starts = strings.places[decoded]
                    window.append(strings.decoded[decoded], source: source[range], starts: starts)
                } else {
                    window.append(strings.decoded[decoded])
                }
            case .end:
                advance(isFinal: true, bench, &release)
                isInString = false
            }
        }
        if !release.isBlocked { advance(isFinal: false, bench, &release) }
    }
}

/// What a channel lets go.
struct ChannelRelease {
    var bytes: [UInt8] = []
    var findings: [Finding] = []
    var action = GuardAction.allow
    var isBlocked = false

    mutating func add(_ window: WindowRelease, _ plan: DetectionPlan, origin: Int) {
        bytes += window.bytes
        isBlocked = isBlocked || window.isBlocked
        for match in plan.told(window.found) {
            let finding = plan.finding(match, segment: 0, range: match.range.moved(by: origin + window.base))
            action = action.stricter(finding.action)
            findings.append(finding)
        }
        if isBlocked { action = .block }
    }
}
