extension JSONCursor {
    /// The decoded text of a string, or `nil` for anything else; a lone surrogate reads as U+FFFD.
    public var string: String? {
        let node = node
        guard node.kind == .string else { return nil }
        return storage.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return "" }
            let text = JSONText(node, in: base)
            let length = text.end - text.start
            guard text.isEscaped else {
                return String(decoding: UnsafeBufferPointer(start: base + text.start, count: length), as: UTF8.self)
            }
            return String(unsafeUninitializedCapacity: length) { target in
                guard let target = target.baseAddress else { return 0 }
                return text.decode(into: target)
            }
        }
    }

    /// The decoded text of a string as UTF-8, or `nil` for anything else.
    ///
    /// Without an escape it is a slice of the document and nothing is copied.
    public var utf8: ArraySlice<UInt8>? {
        let node = node
        guard node.kind == .string else { return nil }
        guard node.isMarked else { return storage.bytes[node.start + 1..<node.start + node.length - 1] }
        let decoded = storage.bytes.withUnsafeBufferPointer { bytes -> [UInt8] in
            guard let base = bytes.baseAddress else { return [] }
            let text = JSONText(node, in: base)
            return [UInt8](unsafeUninitializedCapacity: text.end - text.start) { target, count in
                guard let target = target.baseAddress else { return }
                count = text.decode(into: target)
            }
        }
        return decoded[...]
    }

    /// How many bytes of UTF-8 the decoded text of a string has, found without decoding it; `nil` for anything else.
    ///
    /// Was counted as the document was read, but where `\u` stands in the text: then it costs a walk over it.
    public var utf8Count: Int? {
        let node = node
        guard node.kind == .string else { return nil }
        guard node.isMarked else { return node.length - 2 }
        if let shortening = storage.shortening(of: node.start) { return node.length - 2 - shortening }
        return storage.bytes.withUnsafeBufferPointer { bytes in
            bytes.baseAddress.map { JSONText(node, in: $0).count } ?? 0
        }
    }

    /// Whether the value is a string of exactly this text; neither allocates nor decodes.
    public func equals(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { equals($0) }
    }

    /// Whether the value is a string of exactly this text; neither allocates nor decodes.
    ///
    /// Compares bytes, so two spellings of one character differ. A text that stands in the code is taken as it is there.
    @_disfavoredOverload
    public func equals(_ text: String) -> Bool {
        text.withBytes { equals($0) }
    }

    private func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        let node = node
        guard node.kind == .string else { return false }
        return storage.bytes.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            let text = JSONText(node, in: base)
            guard let other = other.baseAddress.map({ ($0, other.count) }) else { return text.count == 0 }
            return text.equals(other.0, other.1)
        }
    }
}
