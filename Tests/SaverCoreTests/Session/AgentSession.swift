import SaverCore
import Tokens

/// A coding agent's session of fifty turns over the corpus: what it sends on each turn, with savers and without.
///
/// The agent cuts a tool's output at 30,000 characters, as agents do, so nothing is counted as saved that would not have been
/// sent. On each turn the whole conversation goes out again; that the engine gives each result the same bytes then is tested
/// beside this.
struct AgentSession {
    static let turns = 50
    /// Where agents cut what a tool printed.
    static let longestOutput = 30_000
    /// What a model says and calls on each turn.
    static let answerTokens = 120

    /// A part of a request, in its order.
    struct Part: Equatable {
        var bytes: [UInt8]
        var tokens: Int
    }

    private struct Step {
        var call: String
        var output: ToolResult
    }

    private let steps: [Step]
    private let opening: [Part]
    private let plain: [Part]
    private let saved: [Part]

    /// Puts a session together; `directives` is what the savers add to the instructions.
    init(directives: [String]) throws {
        var outputs = try CorpusOutput.all.map { output in
            Step(
                call: output.command,
                output: ToolResult(
                    text: Array(try Fixture.bytes(output.name + ".txt").prefix(Self.longestOutput)),
                    toolName: "bash",
                    command: output.command
                )
            )
        }
        let file = try Fixture.bytes("file-read/cat-n-python.txt")
        for number in 0..<(Self.turns - outputs.count) {
            // Between the outputs an agent reads files and is told that edits are done.
            let isRead = number % 2 == 0
            let result = ToolResult(
                text: isRead ? file : Array("The file has been updated.\n".utf8),
                toolName: isRead ? "Read" : "Edit"
            )
            outputs.insert(Step(call: isRead ? "read" : "edit", output: result), at: number * 2 + 1)
        }
        steps = outputs
        let system = String(repeating: "You work on the project in the folder and keep to its rules. ", count: 180)
        let tools = String(repeating: #"{"name":"bash","input_schema":{"type":"object"}},"#, count: 120)
        opening = ([tools, system] + directives + ["Make the tests pass."]).map { Self.part(Array($0.utf8)) }
        plain = outputs.map { Self.part($0.output.text) }
        saved = zip(outputs, plain).map { step, plain in
            engine.shrink(step.output).map { Part(bytes: $0.text, tokens: $0.tokensAfter) } ?? plain
        }
    }

    /// The form of a result when it goes through the engine once more.
    func again(_ turn: Int) -> [UInt8] { engine.shrink(steps[turn].output)?.text ?? steps[turn].output.text }

    /// The parts of the request of a turn; the last one is what is new.
    func request(turn: Int, saves: Bool) -> [Part] {
        var parts = opening
        for index in 0..<turn {
            parts.append(Part(bytes: Array(steps[index].call.utf8), tokens: Self.answerTokens))
            parts.append(saves ? saved[index] : plain[index])
        }
        return parts
    }

    private static func part(_ bytes: [UInt8]) -> Part {
        Part(bytes: bytes, tokens: TokenCounter.o200k.count(bytes))
    }
}

/// What a session costs at a provider's published rates, in dollars for a million tokens.
struct SessionPrice {
    enum Caching {
        /// Anthropic: everything up to the mark on the last turn is written, and read again when the next request begins with it.
        case marks
        /// OpenAI: the beginning that equals an earlier request's, in steps of 128 tokens from 1,024 on.
        case automatic
    }

    var name: String
    var caching: Caching
    var input: Double
    var write: Double
    var read: Double
    var output: Double

    /// Anthropic's pricing page, Claude Sonnet 4.5; OpenAI's pricing page, GPT-5; November 2026.
    static let published = [
        SessionPrice(name: "Claude Sonnet 4.5", caching: .marks, input: 3, write: 3.75, read: 0.3, output: 15),
        SessionPrice(name: "GPT-5", caching: .automatic, input: 1.25, write: 1.25, read: 0.125, output: 10),
    ]
}

/// The sums of a session.
struct SessionBill {
    var input = 0
    var cached = 0
    var dollars = 0.0

    var hitShare: Double { Double(cached) / Double(max(1, input)) }

    init(_ session: AgentSession, saves: Bool, _ price: SessionPrice) {
        var last: [AgentSession.Part] = []
        for turn in 0...AgentSession.turns {
            let request = session.request(turn: turn, saves: saves)
            let total = request.reduce(0) { $0 + $1.tokens }
            let same = zip(last, request).prefix { $0 == $1 }.reduce(0) { $0 + $1.0.tokens }
            let read = price.caching == .marks ? same : same < 1024 ? 0 : same / 128 * 128
            input += total
            cached += read
            dollars += Double(read) * price.read + Double(total - read) * price.write
            dollars += Double(AgentSession.answerTokens) * price.output
            last = request
        }
        dollars /= 1_000_000
    }
}
