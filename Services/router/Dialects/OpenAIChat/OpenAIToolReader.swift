import Contracts
import JSON

/// One piece of a tool call.
struct OpenAIToolDelta: Sendable {
    var index: Int?
    var id = ""
    var name = ""
    var arguments = ""

    mutating func read(_ scanner: ShallowScanner) {
        var scanner = scanner
        guard scanner.openObject() else { return }
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return }
            if scanner.matches(key, "index") {
                index = scanner.number(value)
            } else if scanner.matches(key, "id") {
                id = scanner.text(value) ?? ""
            } else if scanner.matches(key, "function") || scanner.matches(key, "custom") {
                readFunction(ShallowScanner(scanner.bytes, value))
            }
        }
    }

    mutating func readFunction(_ scanner: ShallowScanner) {
        var scanner = scanner
        guard scanner.openObject() else { return }
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return }
            if scanner.matches(key, "name") {
                name = scanner.text(value) ?? ""
            } else if scanner.matches(key, "arguments") || scanner.matches(key, "input") {
                if let text = scanner.text(value) {
                    arguments = text
                } else if scanner.isPresent(value) {
                    // The object itself instead of its text.
                    arguments = String(decoding: scanner.bytes[value], as: UTF8.self)
                }
            }
        }
    }
}

/// The tool calls of one choice, each put together from its pieces.
struct OpenAIToolReader: Sendable {
    /// More calls in one answer than this are not read.
    private static let limit = 1024
    /// Arguments do not wait for their call's name beyond this.
    private static let waitingLimit = 1 << 20

    private struct Call: Sendable {
        var index: Int?
        var id: String
        var name = ""
        /// Set once the name is known.
        var channel: AnswerChannel?
        /// Arguments that came before the name.
        var waiting = ""
        var progress = JSONProgress()
        var isClosed = false
    }

    private var calls: [Call] = []
    /// The calls before this one are closed.
    private var firstOpen = 0

    /// Which call a piece belongs to; `nil` past the limit.
    mutating func place(of delta: OpenAIToolDelta) -> Int? {
        if let place = known(delta) {
            if calls[place].id.isEmpty { calls[place].id = delta.id }
            if calls[place].name.isEmpty { calls[place].name = delta.name }
            return place
        }
        guard calls.count < Self.limit else { return nil }
        calls.append(Call(index: delta.index, id: delta.id, name: delta.name))
        return calls.count - 1
    }

    /// By its index; where servers give none, or the same one to every call, a new id with a name is a new call.
    private func known(_ delta: OpenAIToolDelta) -> Int? {
        let place: Int?
        if let index = delta.index {
            place = calls.lastIndex { $0.index == index }
        } else if !delta.id.isEmpty {
            place = calls.lastIndex { $0.id == delta.id }
        } else {
            let isNew = !delta.name.isEmpty && calls.last?.name.isEmpty == false
            place = isNew ? nil : calls.indices.last
        }
        guard let place else { return nil }
        let isOther =
            !delta.id.isEmpty && !delta.name.isEmpty && !calls[place].id.isEmpty && calls[place].id != delta.id
        return isOther ? nil : place
    }

    /// Whether the call can begin now.
    func begins(_ place: Int, _ delta: OpenAIToolDelta) -> Bool {
        calls[place].channel == nil && !calls[place].name.isEmpty
    }

    mutating func open(_ place: Int, _ channel: AnswerChannel, into events: inout [AnswerEvent]) {
        calls[place].channel = channel
        let kind = AnswerBlock.Kind.toolCall(id: calls[place].id, name: calls[place].name)
        events.append(.open(channel, AnswerBlock(kind: kind)))
        let waiting = calls[place].waiting
        calls[place].waiting = ""
        add(waiting, to: place, into: &events)
    }

    mutating func add(_ arguments: String, to place: Int, into events: inout [AnswerEvent]) {
        guard !arguments.isEmpty, !calls[place].isClosed else { return }
        guard let channel = calls[place].channel else {
            if calls[place].waiting.utf8.count < Self.waitingLimit { calls[place].waiting += arguments }
            return
        }
        calls[place].progress.add(arguments)
        events.append(.text(channel, arguments))
    }

    /// Ends the calls whose arguments are complete: nothing more can come for them.
    mutating func endComplete(into events: inout [AnswerEvent]) {
        for place in firstOpen..<calls.count where calls[place].progress.isComplete {
            close(place, into: &events)
        }
        while firstOpen < calls.count, calls[firstOpen].isClosed { firstOpen += 1 }
    }

    mutating func end(into events: inout [AnswerEvent]) {
        for place in firstOpen..<calls.count { close(place, into: &events) }
        firstOpen = calls.count
    }

    private mutating func close(_ place: Int, into events: inout [AnswerEvent]) {
        guard !calls[place].isClosed else { return }
        calls[place].isClosed = true
        if let channel = calls[place].channel { events.append(.close(channel)) }
    }
}

/// Follows a JSON object or array that comes in pieces, to know when it is complete.
struct JSONProgress: Sendable {
    private var depth = 0
    private var hasBegun = false
    private var isInString = false
    private var isEscaped = false

    var isComplete: Bool { hasBegun && depth == 0 }

    mutating func add(_ text: String) {
        for byte in text.utf8 {
            if isEscaped {
                isEscaped = false
            } else if isInString {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isInString = false }
            } else {
                switch byte {
                case UInt8(ascii: "\""): isInString = true
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    hasBegun = true
                    depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                default: break
                }
            }
        }
    }
}
