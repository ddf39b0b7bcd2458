import Contracts
import Patterns

/// One text of an answer that is judged as a whole while it streams.
struct AnswerWatch {
    private let check: AnswerCheck
    private var text: [UInt8] = []
    private var isTooLong = false
    /// Whether it was judged before its end, so that nothing more is held.
    private(set) var isOver = false
    /// What the window has let go and this has not.
    private var held = ""

    init(_ check: AnswerCheck) {
        self.check = check
    }

    var holdsText: Bool { !held.isEmpty }

    /// Takes in a piece.
    ///
    /// - Parameters:
    ///   - piece: What came.
    ///   - released: What may go on of the text so far, as far as the patterns are concerned.
    /// - Returns: What goes on now.
    mutating func push(_ piece: String, released: String) -> String {
        guard !isOver else { return released }
        if !isTooLong { text += piece.utf8 }
        if text.count > AnswerCheck.longest { isTooLong = true }
        guard check.isBuffered else { return released }
        held += released
        return ""
    }

    /// Whether it need not be waited for the end.
    var isDecided: Bool { isTooLong && check.isBuffered && !isOver }

    /// The block is over, or decided.
    ///
    /// - Returns: What is wrong with it, and what goes on when it may.
    mutating func judge(_ matcher: Matcher) -> (fault: AnswerCheck.Verdict?, released: String) {
        defer {
            held = ""
            isOver = isTooLong
        }
        return (check.judge(text, isTooLong: isTooLong, matcher), held)
    }

    /// What was held, unjudged.
    mutating func letGo() -> String {
        defer { held = "" }
        return held
    }
}
