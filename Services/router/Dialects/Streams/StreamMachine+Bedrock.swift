import JSON

extension StreamMachine {
    /// Reads the payload of one event, whose name stands in `type`; `nil` when it is not JSON.
    ///
    /// The usage comes behind the end of the message and is the last event; a stream that ends before it is whole too.
    mutating func readBedrock(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        guard scanner.openObject() else { return nil }
        var type = 0..<0
        var delta = 0..<0
        var reason: Range<Int>?
        var usage: Range<Int>?
        while let key = scanner.nextKey() {
            if scanner.matches(key, "type") {
                type = scanner.skip()
            } else if scanner.matches(key, "delta") {
                delta = scanner.skip()
            } else if scanner.matches(key, "stopReason") {
                reason = scanner.skip()
            } else if scanner.matches(key, "usage") {
                usage = scanner.skip()
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        if scanner.holds(type, string: "contentBlockDelta") {
            // Some bytes of it are the delta's own braces and names.
            contentBytes += max(0, delta.count - 11)
            return delta.count > 11 ? .content : .forward
        }
        // A call says something by starting.
        if scanner.holds(type, string: "contentBlockStart") { return .content }
        if scanner.holds(type, string: "messageStop") {
            stopReason = reason.flatMap { scanner.string($0) } ?? "end_turn"
            choicesSeen = 1
            choicesEnded = 1
            return .forward
        }
        guard scanner.holds(type, string: "metadata") else { return .forward }
        if let root = usage.flatMap({ scanner.document($0) })?.root, root.kind == .object {
            bedrockUsage = BedrockUsage(root)
        }
        // Before the message has ended it ends nothing.
        return choicesEnded == 0 ? .forward : .terminal
    }
}
