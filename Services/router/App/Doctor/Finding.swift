package import JSON

/// One thing the doctor looked at.
package struct Finding: Hashable, Sendable {
    package enum Level: String, Hashable, Sendable {
        case ok
        case warn
        case fail
    }

    package var level: Level
    /// What was looked at: `data folder`, `account openai/main`.
    package var check: String
    package var message: String
    /// What to do about it.
    package var advice: String?

    package init(_ level: Level, _ check: String, _ message: String, advice: String? = nil) {
        self.level = level
        self.check = check
        self.message = message
        self.advice = advice
    }

    /// `fail  master key: it is not base64; restore it from a backup`.
    package var line: String {
        let word = level.rawValue + String(repeating: " ", count: 6 - level.rawValue.count)
        return "\(word)\(check): \(message)\(advice.map { "; \($0)" } ?? "")"
    }

    package func write(to fields: inout JSONFields) {
        fields.string("check", check)
        fields.string("level", level.rawValue)
        fields.string("message", message)
        fields.string("advice", advice)
    }
}
