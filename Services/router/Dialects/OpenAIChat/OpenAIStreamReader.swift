import Contracts
import JSON

/// Reads the chunks of an OpenAI stream into events, for clients of another dialect.
///
/// Text, reasoning and refusals are one block after the other. Tool calls may come in turns: each has its own block, which
/// ends when its arguments are a complete JSON value and something else begins, or with the choice.
struct OpenAIStreamReader: Sendable {
    /// More choices than this are not read.
    private static let choiceLimit = 64

    private let readsThinkTags: Bool
    private var hasStarted = false
    private var choices: [OpenAIChoiceReader] = []

    init(readsThinkTags: Bool) {
        self.readsThinkTags = readsThinkTags
    }

    /// Reads the payload of one event.
    mutating func read(_ payload: UnsafeRawBufferPointer, into events: inout [AnswerEvent]) {
        var scanner = ShallowScanner(payload)
        guard scanner.openObject() else { return }
        var start = AnswerStart()
        var list: Range<Int>?
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return }
            if scanner.matches(key, "choices") {
                list = value
            } else if !hasStarted {
                if scanner.matches(key, "id") { start.id = scanner.text(value) }
                if scanner.matches(key, "model") { start.model = scanner.text(value) }
                if scanner.matches(key, "created") { start.created = scanner.number(value) ?? start.created }
            }
        }
        if !hasStarted {
            hasStarted = true
            events.append(.start(start))
        }
        if let list { read(choices: ShallowScanner(payload, list), into: &events) }
    }

    private mutating func read(choices list: ShallowScanner, into events: inout [AnswerEvent]) {
        var list = list
        guard list.openArray() else { return }
        while list.nextElement() {
            let element = list.skip()
            guard !list.failed else { return }
            read(choice: ShallowScanner(list.bytes, element), into: &events)
        }
    }

    private mutating func read(choice scanner: ShallowScanner, into events: inout [AnswerEvent]) {
        var scanner = scanner
        guard scanner.openObject() else { return }
        var index = 0
        var delta: Range<Int>?
        var message: Range<Int>?
        var finish: Range<Int>?
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return }
            if scanner.matches(key, "delta") {
                delta = value
            } else if scanner.matches(key, "index") {
                index = scanner.number(value) ?? 0
            } else if scanner.matches(key, "finish_reason") {
                finish = value
            } else if scanner.matches(key, "message") {
                message = value
            }
        }
        guard let place = place(of: index) else { return }
        if let delta { choices[place].read(ShallowScanner(scanner.bytes, delta), into: &events) }
        if let message, !choices[place].hasSaid {
            // Some servers say all of it in the last chunk.
            choices[place].read(ShallowScanner(scanner.bytes, message), into: &events)
        }
        if let finish, let word = scanner.text(finish), !word.isEmpty {
            choices[place].end(into: &events)
            events.append(.finish(choice: index, AnswerFinish(reason: StopReason(openAI: word))))
        }
    }

    private mutating func place(of index: Int) -> Int? {
        if let place = choices.firstIndex(where: { $0.index == index }) { return place }
        guard choices.count < Self.choiceLimit else { return nil }
        choices.append(OpenAIChoiceReader(index: index, readsThinkTags: readsThinkTags))
        return choices.count - 1
    }

    /// Ends what is open when no more frames come.
    mutating func end(into events: inout [AnswerEvent]) {
        for place in choices.indices { choices[place].end(into: &events) }
    }
}
