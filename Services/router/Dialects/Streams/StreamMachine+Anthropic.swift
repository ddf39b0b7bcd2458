import JSON

extension StreamMachine {
    /// The members of one event, by place; what they mean depends on the type, which may come last.
    private struct Event {
        var type = 0..<0
        var message: Range<Int>?
        var usage: Range<Int>?
        var delta: Range<Int>?
        var block: Range<Int>?
        var hasError = false
    }

    /// Reads the payload of one event; `nil` when it is not JSON.
    mutating func readAnthropic(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        guard scanner.openObject() else { return nil }
        var event = Event()
        while let key = scanner.nextKey() {
            if scanner.matches(key, "type") {
                event.type = scanner.skip()
            } else if scanner.matches(key, "delta") {
                event.delta = scanner.skip()
            } else if scanner.matches(key, "content_block") {
                event.block = scanner.skip()
            } else if scanner.matches(key, "message") {
                event.message = scanner.skip()
            } else if scanner.matches(key, "usage") {
                event.usage = scanner.skip()
            } else if scanner.matches(key, "error") {
                if scanner.skipIsPresent().isPresent { event.hasError = true }
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        return judge(event, scanner)
    }

    private mutating func judge(_ event: Event, _ scanner: ShallowScanner) -> FrameVerdict {
        if scanner.holds(event.type, string: "content_block_delta") {
            return read(delta: event.delta, scanner) ? .content : .forward
        }
        if scanner.holds(event.type, string: "content_block_start") {
            return Self.isContent(block: event.block, scanner) ? .content : .forward
        }
        if scanner.holds(event.type, string: "error") || event.hasError {
            return .failure(UpstreamFault.read(event: scanner.bytes))
        }
        if scanner.holds(event.type, string: "message_start") {
            if let message = event.message, let usage = Self.member("usage", of: message, scanner) {
                merge(usage: usage, scanner)
            }
        } else if scanner.holds(event.type, string: "message_delta") {
            if let usage = event.usage { merge(usage: usage, scanner) }
            if let delta = event.delta, let reason = Self.member("stop_reason", of: delta, scanner) {
                stopReason = scanner.string(reason) ?? stopReason
            }
        } else if scanner.holds(event.type, string: "message_stop") {
            return .terminal
        }
        return .forward
    }

    private mutating func merge(usage range: Range<Int>, _ scanner: ShallowScanner) {
        guard let document = scanner.document(range), document.root.kind == .object else { return }
        let later = AnthropicUsage(document.root)
        anthropicUsage = anthropicUsage?.merged(with: later) ?? later
    }

    /// Counts the text of a delta and says whether there is any.
    private mutating func read(delta: Range<Int>?, _ scanner: ShallowScanner) -> Bool {
        guard let delta else { return false }
        var inner = ShallowScanner(scanner.bytes, delta)
        guard inner.openObject() else { return false }
        var isContent = false
        while let key = inner.nextKey() {
            if inner.matches(key, "text") || inner.matches(key, "thinking") || inner.matches(key, "partial_json") {
                let count = inner.skipCountingText()
                contentBytes += max(0, count)
                if count > 0 { isContent = true }
            } else if inner.matches(key, "signature") || inner.matches(key, "citation") {
                inner.skip()
                isContent = true
            } else {
                inner.skip()
            }
        }
        return isContent
    }

    /// Text and thinking start empty; every other block (a tool call, a tool's result) says something by starting.
    private static func isContent(block: Range<Int>?, _ scanner: ShallowScanner) -> Bool {
        guard let block else { return false }
        var inner = ShallowScanner(scanner.bytes, block)
        guard inner.openObject() else { return false }
        var isPlain = false
        var hasText = false
        while let key = inner.nextKey() {
            if inner.matches(key, "type") {
                let type = inner.skip()
                isPlain = inner.holds(type, string: "text") || inner.holds(type, string: "thinking")
            } else if inner.matches(key, "text") || inner.matches(key, "thinking") {
                if inner.skipCountingText() > 0 { hasText = true }
            } else {
                inner.skip()
            }
        }
        return !isPlain || hasText
    }

    /// The place of a member inside the object at `range`, in the outer text.
    static func member(_ name: StaticString, of range: Range<Int>, _ scanner: ShallowScanner) -> Range<Int>? {
        var inner = ShallowScanner(scanner.bytes, range)
        guard inner.openObject() else { return nil }
        var found: Range<Int>?
        while let key = inner.nextKey() {
            let isWanted = inner.matches(key, name)
            let value = inner.skip()
            if isWanted { found = value.lowerBound + range.lowerBound..<value.upperBound + range.lowerBound }
        }
        return found
    }
}
