import JSON

extension StreamMachine {
    /// What one chunk holds.
    private struct Chunk {
        var text = 0
        var hasContent = false
        var choiceCount = 0
        var usage: Range<Int>?
        var groqUsage: Range<Int>?
        var isError = false
    }

    /// Reads the payload of one event; `nil` when it is not JSON.
    mutating func readOpenAI(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        if Self.isDone(&scanner) { return .terminal }
        guard scanner.openObject() else { return nil }
        var chunk = Chunk()
        while let key = scanner.nextKey() {
            if scanner.matches(key, "choices") {
                readChoices(&scanner, &chunk)
            } else if scanner.matches(key, "usage") {
                let range = scanner.skip()
                if !scanner.failed, scanner.bytes[range.lowerBound] == UInt8(ascii: "{") { chunk.usage = range }
            } else if scanner.matches(key, "error") {
                if scanner.skipIsPresent().isPresent { chunk.isError = true }
            } else if scanner.matches(key, "object") || scanner.matches(key, "type") {
                if scanner.holds(scanner.skip(), string: "error") { chunk.isError = true }
            } else if scanner.matches(key, "x_groq") {
                readGroq(&scanner, &chunk)
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        if chunk.isError { return .failure(UpstreamFault.read(event: scanner.bytes)) }
        contentBytes += chunk.text
        if let range = chunk.usage ?? chunk.groqUsage, let usage = scanner.document(range) {
            openAIUsage = OpenAIUsage(usage.root)
            if hidesUsage, chunk.usage != nil, chunk.choiceCount == 0 { return .drop }
        }
        return chunk.hasContent ? .content : .forward
    }

    static func isDone(_ scanner: inout ShallowScanner) -> Bool {
        let done: StaticString = "[DONE]"
        let length = done.utf8CodeUnitCount
        guard scanner.peek() == UInt8(ascii: "["), scanner.bytes.count - scanner.position >= length else {
            return false
        }
        for offset in 0..<length where scanner.bytes[scanner.position + offset] != done.utf8Start[offset] {
            return false
        }
        return true
    }

    private mutating func readChoices(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        guard scanner.openArray() else {
            scanner.skip()
            return
        }
        while scanner.nextElement() {
            chunk.choiceCount += 1
            guard scanner.openObject() else {
                scanner.skip()
                continue
            }
            readChoice(&scanner, &chunk)
        }
    }

    private mutating func readChoice(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        var index = 0
        var finish: Range<Int>?
        while let key = scanner.nextKey() {
            if scanner.matches(key, "delta") {
                Self.readDelta(&scanner, &chunk)
            } else if scanner.matches(key, "index") {
                index = Self.smallNumber(scanner.bytes, scanner.skip())
            } else if scanner.matches(key, "finish_reason") {
                let value = scanner.skipIsPresent()
                if value.isPresent { finish = value.range }
            } else if scanner.matches(key, "text") {
                Self.readText(&scanner, &chunk)
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return }
        choicesSeen |= 1 << UInt64(min(index, 63))
        if let finish {
            choicesEnded |= 1 << UInt64(min(index, 63))
            stopReason = scanner.string(finish) ?? stopReason
        }
    }

    private static func readDelta(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        guard scanner.openObject() else {
            scanner.skip()
            return
        }
        while let key = scanner.nextKey() {
            if scanner.matches(key, "content") || scanner.matches(key, "reasoning_content")
                || scanner.matches(key, "reasoning") || scanner.matches(key, "refusal")
            {
                readText(&scanner, &chunk)
            } else if scanner.matches(key, "tool_calls") {
                readToolCalls(&scanner, &chunk)
            } else if scanner.matches(key, "function_call") || scanner.matches(key, "audio") {
                let range = scanner.skip()
                if range.count > 4 {
                    chunk.hasContent = true
                    chunk.text += range.count
                }
            } else {
                scanner.skip()
            }
        }
    }

    /// Text, or the list of parts that some servers send instead.
    private static func readText(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        guard scanner.openArray() else {
            let count = scanner.skipCountingText()
            if count > 0 { chunk.hasContent = true }
            chunk.text += max(0, count)
            return
        }
        while scanner.nextElement() {
            chunk.hasContent = true
            chunk.text += scanner.skip().count
        }
    }

    private static func readToolCalls(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        guard scanner.openArray() else {
            scanner.skip()
            return
        }
        while scanner.nextElement() {
            chunk.hasContent = true
            guard scanner.openObject() else {
                scanner.skip()
                continue
            }
            while let key = scanner.nextKey() {
                guard scanner.matches(key, "function"), scanner.openObject() else {
                    scanner.skip()
                    continue
                }
                while scanner.nextKey() != nil { chunk.text += scanner.skipCountingText() }
            }
        }
    }

    /// Groq reports usage beside the standard member, and did so alone for long.
    private func readGroq(_ scanner: inout ShallowScanner, _ chunk: inout Chunk) {
        guard scanner.openObject() else {
            scanner.skip()
            return
        }
        while let key = scanner.nextKey() {
            let isUsage = scanner.matches(key, "usage")
            let range = scanner.skip()
            if isUsage, !scanner.failed, scanner.bytes[range.lowerBound] == UInt8(ascii: "{") {
                chunk.groqUsage = range
            }
        }
    }

    private static func smallNumber(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> Int {
        var number = 0
        for byte in bytes[range].prefix(4) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return number }
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }
}
