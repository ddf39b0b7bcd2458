import JSON

extension StreamMachine {
    /// Reads the payload of one event; `nil` when it is not JSON.
    mutating func readCohere(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        // Some servers end every stream with it; what ends this dialect's has come before.
        if Self.isDone(&scanner) { return .drop }
        guard scanner.openObject() else { return nil }
        var type = 0..<0
        var delta: Range<Int>?
        var isError = false
        while let key = scanner.nextKey() {
            if scanner.matches(key, "type") {
                type = scanner.skip()
            } else if scanner.matches(key, "delta") {
                delta = scanner.skip()
            } else if scanner.matches(key, "error") {
                if scanner.skipIsPresent().isPresent { isError = true }
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        if isError || scanner.holds(type, string: "error") { return .failure(UpstreamFault.read(event: scanner.bytes)) }
        // An error object of theirs has a text and no type.
        guard !type.isEmpty else { return .forward }
        guard !scanner.holds(type, string: "message-end") else { return readCohereEnd(delta, scanner) }
        let isOutput =
            scanner.holds(type, string: "content-delta") || scanner.holds(type, string: "tool-plan-delta")
            || scanner.holds(type, string: "tool-call-delta")
        if isOutput, let delta {
            // Some bytes of it are the delta's own braces and names.
            contentBytes += max(0, delta.count - 40)
            return .content
        }
        return scanner.holds(type, string: "tool-call-start") ? .content : .forward
    }

    private mutating func readCohereEnd(_ delta: Range<Int>?, _ scanner: ShallowScanner) -> FrameVerdict {
        guard let root = delta.flatMap({ scanner.document($0) })?.root else { return .terminal }
        if let usage = root.member("usage"), usage.kind == .object { cohereUsage = CohereUsage(usage) }
        stopReason = root.member("finish_reason")?.string ?? "COMPLETE"
        if let fault = UpstreamFault(cohere: stopReason ?? "", message: root.member("error")?.string) {
            return .failure(fault)
        }
        return .terminal
    }
}
