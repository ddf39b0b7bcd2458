import JSON

extension StreamMachine {
    /// Reads one line; `nil` when it is not JSON.
    mutating func readOllama(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        guard scanner.openObject() else { return nil }
        var hasContent = false
        var isDone = false
        var isError = false
        while let key = scanner.nextKey() {
            if scanner.matches(key, "message") {
                if readOllamaMessage(&scanner) { hasContent = true }
            } else if scanner.matches(key, "done") {
                isDone = scanner.skipIsPresent().isPresent
            } else if scanner.matches(key, "done_reason") {
                let value = scanner.skip()
                if !scanner.failed { stopReason = scanner.text(value) ?? stopReason }
            } else if scanner.matches(key, "error") {
                if scanner.skipIsPresent().isPresent { isError = true }
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        if isError { return .failure(UpstreamFault.read(event: scanner.bytes)) }
        guard isDone else { return hasContent ? .content : .forward }
        if stopReason == nil { stopReason = "stop" }
        if let root = scanner.document(0..<scanner.bytes.count)?.root { ollamaUsage = OllamaUsage(root) }
        return .terminal
    }

    /// - Returns: Whether there was output of the model.
    private mutating func readOllamaMessage(_ scanner: inout ShallowScanner) -> Bool {
        guard scanner.openObject() else {
            scanner.skip()
            return false
        }
        var count = 0
        while let key = scanner.nextKey() {
            if scanner.matches(key, "content") || scanner.matches(key, "thinking") {
                count += max(0, scanner.skipCountingText())
            } else if scanner.matches(key, "tool_calls") {
                let value = scanner.skipIsPresent()
                // An empty list is two bytes.
                if value.isPresent, value.range.count > 2 { count += value.range.count }
            } else {
                scanner.skip()
            }
        }
        contentBytes += count
        return count > 0
    }
}
