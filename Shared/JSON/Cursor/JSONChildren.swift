/// The members of an object, in the order they came.
public struct JSONMembers: Sequence, Sendable {
    private let cursor: JSONCursor

    init(_ cursor: JSONCursor) {
        self.cursor = cursor
    }

    /// A lower bound of how many there are: the exact number.
    public var underestimatedCount: Int { cursor.kind == .object ? cursor.count : 0 }

    /// Starts at the first member.
    public func makeIterator() -> Iterator {
        Iterator(cursor)
    }

    /// Steps from member to member, over what is inside them.
    public struct Iterator: IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var at: Int
        private let end: Int

        init(_ cursor: JSONCursor) {
            storage = cursor.storage
            at = cursor.index + 2
            end = cursor.node.kind == .object ? storage.next(after: cursor.index) : at
        }

        /// The next member, or `nil` after the last.
        public mutating func next() -> (name: JSONCursor, value: JSONCursor)? {
            guard at < end else { return nil }
            let name = at
            at = storage.next(after: name + 1)
            return (JSONCursor(storage, name), JSONCursor(storage, name + 1))
        }
    }
}

/// The elements of an array, in order.
public struct JSONElements: Sequence, Sendable {
    private let cursor: JSONCursor

    init(_ cursor: JSONCursor) {
        self.cursor = cursor
    }

    /// A lower bound of how many there are: the exact number.
    public var underestimatedCount: Int { cursor.kind == .array ? cursor.count : 0 }

    /// Starts at the first element.
    public func makeIterator() -> Iterator {
        Iterator(cursor)
    }

    /// Steps from element to element, over what is inside them.
    public struct Iterator: IteratorProtocol, Sendable {
        private let storage: JSONStorage
        private var at: Int
        private let end: Int

        init(_ cursor: JSONCursor) {
            storage = cursor.storage
            at = cursor.index + 2
            end = cursor.node.kind == .array ? storage.next(after: cursor.index) : at
        }

        /// The next element, or `nil` after the last.
        public mutating func next() -> JSONCursor? {
            guard at < end else { return nil }
            let element = at
            at = storage.next(after: element)
            return JSONCursor(storage, element)
        }
    }
}
