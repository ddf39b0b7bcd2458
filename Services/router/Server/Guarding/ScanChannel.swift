import Contracts
import Dialects
import JSON

/// What one text of an answer has been through.
struct ScanChannel {
    /// The most text that is kept of a channel, to start over with another guard or to see that arguments are whole.
    static let keptLimit = 1 << 20

    let name: String
    let isJSON: Bool
    var restorer: PlaceholderRestorer
    /// What came from the provider, while it is not too much to keep.
    private(set) var pushed = ""
    /// What the guard let go, while it is not too much to keep.
    private(set) var released = ""
    private(set) var isKept = true
    /// Bytes that a guard which starts over will release again.
    var repeated = 0

    init(_ channel: AnswerChannel, _ restores: [Restore]) {
        name = channel.wire
        isJSON = channel.isArguments
        restorer = PlaceholderRestorer(restores, isJSON: isJSON)
    }

    mutating func push(_ text: String) {
        guard isKept else { return }
        pushed += text
        if pushed.utf8.count > Self.keptLimit { forget() }
    }

    /// Takes what the guard let go.
    ///
    /// - Returns: What is new of it; `nil` when a guard that started over came to another outcome.
    mutating func release(_ text: String) -> String? {
        var text = text
        if repeated > 0 {
            let known = released.utf8.suffix(repeated)
            let common = min(repeated, text.utf8.count)
            guard known.prefix(common).elementsEqual(text.utf8.prefix(common)) else { return nil }
            repeated -= common
            text = String(decoding: text.utf8.dropFirst(common), as: UTF8.self)
        }
        if isKept {
            released += text
            if released.utf8.count > Self.keptLimit { forget() }
        }
        return text
    }

    /// Another guard is told everything: it will release again what was released.
    mutating func startOver() {
        repeated = released.utf8.count
    }

    /// Takes note of released text that was not held back here.
    mutating func note(_ text: String) {
        if isKept { released += text }
    }

    /// What came and was not released; `nil` when it cannot be told because something was changed before it.
    var unreleased: String? {
        guard isKept, pushed.utf8.starts(with: released.utf8) else { return nil }
        return String(decoding: pushed.utf8.dropFirst(released.utf8.count), as: UTF8.self)
    }

    /// Whether arguments that were JSON are JSON no more.
    var isBroken: Bool {
        guard isJSON, isKept, pushed != released else { return false }
        return (try? JSONDocument(Array(pushed.utf8))) != nil && (try? JSONDocument(Array(released.utf8))) == nil
    }

    private mutating func forget() {
        isKept = false
        pushed = ""
        released = ""
    }
}

extension AnswerChannel {
    /// `choice/kind/index`.
    var wire: String { "\(choice)/\(kind.rawValue)/\(index)" }
    var isArguments: Bool { kind == .toolArguments }
}
