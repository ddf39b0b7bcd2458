/// A value of a document: what it is, where its bytes stand, and the way to what is inside it.
///
/// A reference to the document and an index, so it is cheap to copy, keeps the document alive and may cross threads.
/// Stepping over an array or object costs the same whatever is in it.
public struct JSONCursor: Sendable {
    /// What a value is.
    public enum Kind: Hashable, Sendable {
        /// Members by name.
        case object
        /// Elements in order.
        case array
        /// Text.
        case string
        /// A number; its text is kept.
        case number
        /// `true` or `false`.
        case boolean
        /// `null`.
        case null
    }

    let storage: JSONStorage
    let index: Int

    @inline(__always)
    init(_ storage: JSONStorage, _ index: Int) {
        self.storage = storage
        self.index = index
    }

    var node: TapeNode { storage.node(index) }

    /// What the value is.
    public var kind: Kind {
        switch node.kind {
        case .null: .null
        case .false, .true: .boolean
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    /// Where the value's bytes stand in the document, quotes and brackets included, white space around it not.
    public var range: Range<Int> { node.range }

    /// The value's bytes as they came.
    public var raw: ArraySlice<UInt8> { storage.bytes[node.range] }

    /// Lends the bytes of the whole document, which ranges count in; they may not be kept past the call.
    public func withDocumentBytes<Outcome>(_ body: (UnsafeRawBufferPointer) -> Outcome) -> Outcome {
        storage.bytes.withUnsafeBytes(body)
    }

    /// How many members an object or elements an array has, and 0 for anything else.
    public var count: Int { node.isContainer ? storage.count(of: index) : 0 }

    /// The value, if it is `true` or `false`.
    public var boolean: Bool? {
        switch node.kind {
        case .true: true
        case .false: false
        default: nil
        }
    }

    /// Whether the value is `null`.
    public var isNull: Bool { node.kind == .null }

    /// The members of an object in the order they came, repeated names included; none for anything else.
    public var members: JSONMembers { JSONMembers(self) }

    /// The elements of an array in order; none for anything else.
    public var elements: JSONElements { JSONElements(self) }

    /// The member of an object that has this name; when several have it, the last.
    ///
    /// Compares bytes in the document: neither allocates nor decodes. Costs one step per member.
    public subscript(_ name: String) -> JSONCursor? {
        var name = name
        return name.withUTF8 { member($0) }
    }

    /// The element of an array at this place, or `nil` outside it; costs one step per element before it.
    public subscript(_ position: Int) -> JSONCursor? {
        guard node.kind == .array, position >= 0, position < count else { return nil }
        var child = index + 2
        for _ in 0..<position { child = storage.next(after: child) }
        return JSONCursor(storage, child)
    }

    /// The member of an object that has this name; as the subscript, for names known when the program is compiled.
    public func member(_ name: StaticString) -> JSONCursor? {
        name.withUTF8Buffer { member($0) }
    }

    private func member(_ name: UnsafeBufferPointer<UInt8>) -> JSONCursor? {
        guard node.kind == .object, let found = storage.member(of: index, named: name) else { return nil }
        return JSONCursor(storage, found + 1)
    }
}

extension JSONStorage {
    /// The node of the last name in the object at `index` that reads `name`.
    func member(of index: Int, named name: UnsafeBufferPointer<UInt8>) -> Int? {
        // Of an ordinary name kind, mark and length stand in the upper half of its word: one comparison refuses most.
        let ordinary = TapeNode(.string, start: 0, length: name.count + 2).word >> 32
        var found: Int?
        nodes.withUnsafeBufferPointer { nodes in
            bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress else { return }
                let end = Int(truncatingIfNeeded: nodes[index + 1] >> 32)
                var at = index + 2
                while at < end {
                    let word = nodes[at]
                    if word >> 32 == ordinary {
                        let start = Int(truncatingIfNeeded: word & 0xFFFF_FFFF) + 1
                        if name.count == 0 || Self.equal(base + start, name) { found = at }
                    } else if word & TapeNode.mark != 0, Self.decodesEqual(TapeNode(word), base, name) {
                        found = at
                    }
                    let isContainer = TapeNode(nodes[at + 1]).isContainer
                    at = isContainer ? Int(truncatingIfNeeded: nodes[at + 2] >> 32) : at + 2
                }
            }
        }
        return found
    }

    @inline(__always)
    private static func equal(_ bytes: UnsafePointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let base = name.baseAddress else { return true }
        return JSONScan.equal(bytes, base, name.count)
    }

    @inline(never)
    private static func decodesEqual(
        _ node: TapeNode,
        _ bytes: UnsafePointer<UInt8>,
        _ name: UnsafeBufferPointer<UInt8>
    ) -> Bool {
        let text = JSONText(node, in: bytes)
        guard let base = name.baseAddress else { return text.count == 0 }
        return text.equals(base, name.count)
    }
}
