import JSON

extension StreamMachine {
    /// Reads the payload of one event; `nil` when it is not JSON.
    ///
    /// The dialect has no last event: a stream is whole when each of its candidates has said why it ended.
    mutating func readGemini(_ scanner: inout ShallowScanner) -> FrameVerdict? {
        guard scanner.openObject() else { return nil }
        var isError = false
        var hasContent = false
        while let key = scanner.nextKey() {
            if scanner.matches(key, "candidates") {
                if readCandidates(&scanner) { hasContent = true }
            } else if scanner.matches(key, "usageMetadata") {
                let range = scanner.skip()
                guard !scanner.failed, scanner.bytes[range].first == UInt8(ascii: "{") else { continue }
                geminiUsage.removeAll(keepingCapacity: true)
                geminiUsage.append(contentsOf: scanner.bytes[range])
            } else if scanner.matches(key, "promptFeedback") {
                readFeedback(ShallowScanner(scanner.bytes, scanner.skip()))
            } else if scanner.matches(key, "error") {
                if scanner.skipIsPresent().isPresent { isError = true }
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return nil }
        if isError { return .failure(UpstreamFault.read(event: scanner.bytes)) }
        return hasContent ? .content : .forward
    }

    /// The provider's count, parsed when it is asked for: it comes with every frame.
    var geminiTokens: GeminiUsage? {
        guard !geminiUsage.isEmpty, let document = try? JSONDocument(geminiUsage) else { return nil }
        return GeminiUsage(document.root)
    }

    /// A question that the provider refuses has a reason and no candidates.
    private mutating func readFeedback(_ scanner: ShallowScanner) {
        var scanner = scanner
        guard scanner.openObject() else { return }
        while let key = scanner.nextKey() {
            let isReason = scanner.matches(key, "blockReason")
            let value = scanner.skip()
            guard isReason, !scanner.failed, let word = scanner.text(value), !word.isEmpty else { continue }
            stopReason = word
            choicesSeen |= 1
            choicesEnded |= 1
        }
    }

    /// - Returns: Whether there was output of the model.
    private mutating func readCandidates(_ scanner: inout ShallowScanner) -> Bool {
        guard scanner.openArray() else {
            scanner.skip()
            return false
        }
        var hasContent = false
        while scanner.nextElement() {
            guard scanner.openObject() else {
                scanner.skip()
                continue
            }
            if readCandidate(&scanner) { hasContent = true }
        }
        return hasContent
    }

    private mutating func readCandidate(_ scanner: inout ShallowScanner) -> Bool {
        var index = 0
        var finish: Range<Int>?
        var hasContent = false
        while let key = scanner.nextKey() {
            if scanner.matches(key, "content") {
                if readContent(&scanner) { hasContent = true }
            } else if scanner.matches(key, "index") {
                index = scanner.number(scanner.skip()) ?? 0
            } else if scanner.matches(key, "finishReason") {
                let value = scanner.skipIsPresent()
                if value.isPresent { finish = value.range }
            } else {
                scanner.skip()
            }
        }
        guard !scanner.failed else { return false }
        choicesSeen |= 1 << UInt64(min(max(index, 0), 63))
        if let finish {
            choicesEnded |= 1 << UInt64(min(max(index, 0), 63))
            stopReason = scanner.text(finish) ?? stopReason
        }
        return hasContent
    }

    private mutating func readContent(_ scanner: inout ShallowScanner) -> Bool {
        guard scanner.openObject() else {
            scanner.skip()
            return false
        }
        var hasContent = false
        while let key = scanner.nextKey() {
            guard scanner.matches(key, "parts"), scanner.openArray() else {
                scanner.skip()
                continue
            }
            while scanner.nextElement() {
                guard scanner.openObject() else {
                    scanner.skip()
                    continue
                }
                if readPart(&scanner) { hasContent = true }
            }
        }
        return hasContent
    }

    /// A text says something when it is not empty, every other part by being there.
    private mutating func readPart(_ scanner: inout ShallowScanner) -> Bool {
        var hasContent = false
        while let key = scanner.nextKey() {
            if scanner.matches(key, "text") {
                let count = scanner.skipCountingText()
                if count > 0 { hasContent = true }
                contentBytes += max(0, count)
            } else if scanner.matches(key, "thought") || scanner.matches(key, "thoughtSignature") {
                scanner.skip()
            } else {
                let value = scanner.skipIsPresent()
                guard value.isPresent else { continue }
                hasContent = true
                contentBytes += value.range.count
            }
        }
        return hasContent
    }
}
