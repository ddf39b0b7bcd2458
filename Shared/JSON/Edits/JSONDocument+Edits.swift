extension JSONDocument {
    /// The document with edits applied; every byte outside them is as it was.
    ///
    /// Edits may come in any order; those that insert at the same place keep theirs. Linear in the document and the
    /// edits (sorting aside, when they are out of order).
    ///
    /// - Throws: ``JSONEditError`` when two change the same bytes or one reaches past the end; edits that touch are
    ///   fine.
    public func applying(_ edits: [JSONEdit]) throws(JSONEditError) -> [UInt8] {
        let plan = try JSONEditPlan(edits, storage)
        return [UInt8](unsafeUninitializedCapacity: plan.count) { target, count in
            plan.forEachPiece { piece in
                UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[count...])
                    .copyMemory(from: piece)
                count += piece.count
            }
        }
    }

    /// How long the document is with edits applied; its present length when they cannot be.
    public func splicedCount(_ edits: [JSONEdit]) -> Int {
        guard let plan = try? JSONEditPlan(edits, storage) else { return storage.bytes.count }
        return plan.count
    }

    /// Hands over the document with edits applied piece by piece, in order, without putting it together.
    ///
    /// No piece is empty, and none may be kept past the call it came with.
    ///
    /// - Throws: ``JSONEditError`` as ``applying(_:)`` does, before the first piece.
    public func withPieces(
        _ edits: [JSONEdit],
        _ body: (UnsafeRawBufferPointer) -> Void
    ) throws(JSONEditError) {
        try JSONEditPlan(edits, storage).forEachPiece(body)
    }
}

/// Edits in order, checked against a document and against each other.
struct JSONEditPlan {
    private let storage: JSONStorage
    private let edits: [JSONEdit]
    /// The length of the outcome.
    let count: Int

    init(_ edits: [JSONEdit], _ storage: JSONStorage) throws(JSONEditError) {
        let edits = Self.ordered(Self.settled(edits, storage))
        var count = storage.bytes.count
        var last = 0
        for edit in edits {
            guard edit.range.lowerBound >= 0, edit.range.upperBound <= storage.bytes.count else {
                throw .outOfBounds(at: edit.range.lowerBound)
            }
            guard edit.range.lowerBound >= last else { throw .overlapping(at: edit.range.lowerBound) }
            last = edit.range.upperBound
            count += edit.replacement.count - edit.range.count
        }
        self.storage = storage
        self.edits = edits
        self.count = count
    }

    func forEachPiece(_ body: (UnsafeRawBufferPointer) -> Void) {
        storage.bytes.withUnsafeBytes { bytes in
            var at = 0
            for edit in edits {
                if at < edit.range.lowerBound { body(.init(rebasing: bytes[at..<edit.range.lowerBound])) }
                if !edit.replacement.isEmpty { edit.replacement.withUnsafeBytes(body) }
                at = edit.range.upperBound
            }
            if at < bytes.count { body(.init(rebasing: bytes[at...])) }
        }
    }

    /// By place; at the same place what inserts stands before what replaces, else as they came.
    private static func ordered(_ edits: [JSONEdit]) -> [JSONEdit] {
        func precedes(_ left: JSONEdit, _ right: JSONEdit) -> Bool {
            if left.range.lowerBound != right.range.lowerBound { return left.range.lowerBound < right.range.lowerBound }
            return left.range.isEmpty && !right.range.isEmpty
        }
        for (edit, next) in zip(edits, edits.dropFirst()) where precedes(next, edit) {
            return edits.sorted(by: precedes)
        }
        return edits
    }

    /// Settles the commas between edits that add to or remove from the same container.
    private static func settled(_ edits: [JSONEdit], _ storage: JSONStorage) -> [JSONEdit] {
        var shared: [Int: Int] = [:]
        var isShared = false
        for edit in edits {
            guard let container = edit.container else { continue }
            shared[container, default: 0] += 1
            isShared = isShared || shared[container, default: 0] > 1 || edit.removesMany
        }
        guard isShared else { return edits }

        var outcome: [JSONEdit] = []
        var removed: [Int: Set<Int>] = [:]
        for edit in edits {
            guard case .removal(let container, let children) = edit.role, storage.holds(container) else { continue }
            removed[container, default: []].formUnion(children)
        }
        var staying: [Int: Int] = [:]
        for (container, children) in removed {
            let cuts = storage.cuts(children, from: container)
            staying[container] = cuts.staying
            outcome += cuts.ranges.map { JSONEdit(range: $0, replacement: []) }
        }
        for edit in edits {
            switch edit.role {
            case .insertion(let container, let comma) where storage.holds(container):
                let before = staying[container] ?? storage.count(of: container)
                staying[container] = before + 1
                let json = comma ? Array(edit.replacement.dropFirst()) : edit.replacement
                outcome.append(JSONEdit(range: edit.range, replacement: before > 0 ? [UInt8(ascii: ",")] + json : json))
            case .removal(let container, _) where storage.holds(container):
                continue
            default:
                outcome.append(edit)
            }
        }
        return outcome
    }
}

extension JSONEdit {
    fileprivate var container: Int? {
        switch role {
        case .plain: nil
        case .insertion(let container, _): container
        case .removal(let container, _): container
        }
    }

    fileprivate var removesMany: Bool {
        if case .removal(_, let children) = role { return children.count > 1 }
        return false
    }
}

extension JSONStorage {
    /// Whether a container stands at this node; an edit made for another document may name any.
    fileprivate func holds(_ container: Int) -> Bool {
        container < nodes.count && node(container).isContainer
    }
}
