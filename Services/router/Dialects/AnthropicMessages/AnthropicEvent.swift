import JSON

/// One event of an Anthropic stream: its kind and where its members stand.
struct AnthropicEvent {
    enum Kind {
        case messageStart
        case blockStart
        case blockDelta
        case blockStop
        case messageDelta
        case messageStop
        case other
    }

    /// What a delta adds.
    struct Delta {
        enum Kind {
            case text
            case thinking
            case input
            case signature
            case other
        }

        var kind = Kind.other
        var text: String?
    }

    let scanner: ShallowScanner
    private(set) var kind = Kind.other
    private(set) var index = 0
    private(set) var message: Range<Int>?
    private(set) var delta: Range<Int>?
    private(set) var block: Range<Int>?

    init?(_ payload: UnsafeRawBufferPointer) {
        var scanner = ShallowScanner(payload)
        guard scanner.openObject() else { return nil }
        var type = 0..<0
        while let key = scanner.nextKey() {
            let value = scanner.skip()
            guard !scanner.failed else { return nil }
            if scanner.matches(key, "type") {
                type = value
            } else if scanner.matches(key, "index") {
                index = scanner.number(value) ?? 0
            } else if scanner.matches(key, "delta") {
                delta = value
            } else if scanner.matches(key, "content_block") {
                block = value
            } else if scanner.matches(key, "message") {
                message = value
            }
        }
        guard !scanner.failed else { return nil }
        self.scanner = scanner
        kind = Self.kind(scanner, type)
    }

    private static func kind(_ scanner: ShallowScanner, _ type: Range<Int>) -> Kind {
        if scanner.holds(type, string: "content_block_delta") { return .blockDelta }
        if scanner.holds(type, string: "content_block_start") { return .blockStart }
        if scanner.holds(type, string: "content_block_stop") { return .blockStop }
        if scanner.holds(type, string: "message_start") { return .messageStart }
        if scanner.holds(type, string: "message_delta") { return .messageDelta }
        if scanner.holds(type, string: "message_stop") { return .messageStop }
        return .other
    }

    /// Reads the delta of a block.
    func readDelta() -> Delta? {
        guard let delta else { return nil }
        var inner = ShallowScanner(scanner.bytes, delta)
        guard inner.openObject() else { return nil }
        var read = Delta()
        while let key = inner.nextKey() {
            let value = inner.skip()
            guard !inner.failed else { return nil }
            let kind: Delta.Kind
            if inner.matches(key, "text") {
                kind = .text
            } else if inner.matches(key, "partial_json") {
                kind = .input
            } else if inner.matches(key, "thinking") {
                kind = .thinking
            } else if inner.matches(key, "signature") {
                kind = .signature
            } else {
                continue
            }
            guard let text = inner.text(value) else { continue }
            read.kind = kind
            read.text = text
        }
        return read
    }
}
