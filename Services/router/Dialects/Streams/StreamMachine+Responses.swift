import JSON

extension StreamMachine {
    /// The members of one event, by place; what they mean depends on the type, which may come last.
    private struct Event {
        var type = 0..<0
        var delta: Range<Int>?
        var item: Range<Int>?
        var response: Range<Int>?
        var hasError = false
    }

    /// Reads the payload of one event; `nil` when it is not JSON.
    mutating func readResponses(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        // Some servers end every stream with it; what ends this dialect's has come before.
        if Self.isDone(&scanner) { return .drop }
        guard scanner.openObject() else { return nil }
        var event = Event()
        while let key = scanner.nextKey() {
            if scanner.matches(key, "type") {
                event.type = scanner.skip()
            } else if scanner.matches(key, "delta") {
                event.delta = scanner.skip()
            } else if scanner.matches(key, "item") {
                event.item = scanner.skip()
            } else if scanner.matches(key, "response") {
                event.response = scanner.skip()
            } else if scanner.matches(key, "sequence_number") {
                if let number = scanner.number(scanner.skip()) { position.sequence = number + 1 }
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
        if let delta = event.delta {
            let count = max(0, delta.count - 2)
            contentBytes += count
            return count > 0 ? .content : .forward
        }
        if event.hasError || scanner.holds(event.type, string: "error") {
            return .failure(UpstreamFault.read(event: scanner.bytes))
        }
        if scanner.holds(event.type, string: "response.output_item.added")
            || scanner.holds(event.type, string: "response.output_item.done")
        {
            return Self.isCall(event.item, scanner) ? .content : .forward
        }
        guard let response = event.response else { return .forward }
        if position.id == nil { position.id = Self.member("id", of: response, scanner).flatMap { scanner.string($0) } }
        if scanner.holds(event.type, string: "response.completed")
            || scanner.holds(event.type, string: "response.incomplete")
        {
            read(response: response, scanner)
            return .terminal
        }
        if scanner.holds(event.type, string: "response.failed")
            || scanner.holds(event.type, string: "response.cancelled")
        {
            read(response: response, scanner)
            return .failure(UpstreamFault.read(event: UnsafeRawBufferPointer(rebasing: scanner.bytes[response])))
        }
        return .forward
    }

    private mutating func read(response: Range<Int>, _ scanner: ShallowScanner) {
        if let range = Self.member("usage", of: response, scanner), let usage = scanner.document(range)?.root,
            usage.kind == .object
        {
            responsesUsage = ResponsesUsage(usage)
        }
        if let details = Self.member("incomplete_details", of: response, scanner), scanner.isPresent(details),
            let reason = Self.member("reason", of: details, scanner)
        {
            stopReason = scanner.string(reason)
        }
        if stopReason == nil, let status = Self.member("status", of: response, scanner) {
            stopReason = scanner.string(status)
        }
    }

    /// Messages and reasoning begin empty; every other item says something by starting.
    private static func isCall(_ item: Range<Int>?, _ scanner: ShallowScanner) -> Bool {
        guard let item, let type = member("type", of: item, scanner) else { return false }
        return !scanner.holds(type, string: "message") && !scanner.holds(type, string: "reasoning")
    }
}
