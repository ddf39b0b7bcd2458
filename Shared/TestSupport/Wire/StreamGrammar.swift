import JSON

/// Checks that a stream written for a client obeys its dialect, and reads out what it says.
///
/// It knows nothing of how the stream was made: bytes in, complaints out.
package struct StreamGrammar: Sendable {
    /// What a stream said.
    package struct Answer: Hashable, Sendable {
        package struct ToolCall: Hashable, Sendable {
            package var id: String
            package var name: String
            package var arguments: String

            package init(id: String, name: String, arguments: String) {
                self.id = id
                self.name = name
                self.arguments = arguments
            }
        }

        package var text = ""
        package var refusal = ""
        package var reasoning = ""
        package var signatures: [String] = []
        package var redacted: [String] = []
        package var toolCalls: [ToolCall] = []
        package var stopReason: String?
        package var inputTokens: Int?
        package var outputTokens: Int?
        package var hasUsage = false
        /// The counts of one usage object that every dialect has in some form.
        package var counts = Counts()
        package var error: String?

        package init() {}
    }

    /// A usage in classes that do not depend on the dialect; what a dialect has no word for is zero.
    package struct Counts: Hashable, Sendable {
        /// All of the input, with what caches gave and took.
        package var prompt = 0
        package var cacheRead = 0
        package var cacheWrite = 0
        /// All of the output, with the reasoning.
        package var output = 0
        package var reasoning = 0

        package init() {}
    }

    /// What is wrong; empty for a good stream.
    package internal(set) var problems: [String] = []
    package internal(set) var answer = Answer()
    /// The types of Anthropic's events, or `chunk` and `[DONE]`.
    package internal(set) var events: [String] = []

    /// Checks a stream of OpenAI's dialect.
    ///
    /// `wantsUsage` says whether the client asked for the usage chunk; `nil` is for either way.
    package static func openAI(_ bytes: [UInt8], wantsUsage: Bool? = nil) -> StreamGrammar {
        var grammar = StreamGrammar()
        var checker = OpenAIChecker()
        for event in grammar.split(bytes) { checker.read(event, &grammar) }
        checker.finish(wantsUsage: wantsUsage, &grammar)
        return grammar
    }

    /// Checks a stream of Anthropic's dialect.
    package static func anthropic(_ bytes: [UInt8]) -> StreamGrammar {
        var grammar = StreamGrammar()
        var checker = AnthropicChecker()
        for event in grammar.split(bytes) { checker.read(event, &grammar) }
        checker.finish(&grammar)
        return grammar
    }

    mutating func complain(_ problem: String) {
        problems.append("event \(events.count): \(problem)")
    }

    /// One server-sent event.
    struct Event {
        var name: String?
        var data = ""
    }

    /// Splits a stream as a browser does; the last event must be complete.
    mutating func split(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        var event = Event()
        var hasData = false
        let text = String(decoding: bytes, as: UTF8.self)
        if text.unicodeScalars.contains("\u{FFFD}") { problems.append("bytes that are not UTF-8") }
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r" || $0 == "\r\n" }
        for line in lines {
            if line.isEmpty {
                if hasData { events.append(event) }
                event = Event()
                hasData = false
            } else if let value = Self.value(line, of: "data") {
                event.data = hasData ? event.data + "\n" + value : value
                hasData = true
            } else if let value = Self.value(line, of: "event") {
                event.name = value
            } else if !line.hasPrefix(":") {
                problems.append("a line that is no field")
            }
        }
        if hasData { problems.append("the last event lacks its blank line") }
        return events
    }

    private static func value(_ line: Substring, of field: String) -> String? {
        guard line.hasPrefix("\(field):") else { return nil }
        let value = line.dropFirst(field.count + 1)
        return String(value.hasPrefix(" ") ? value.dropFirst() : value)
    }
}
