/// A change to a document: what stands at a range of its bytes afterwards.
///
/// Edits that add and remove children know it of each other: whichever are applied together, the commas come out right.
public struct JSONEdit: Hashable, Sendable {
    /// What an edit means beyond its bytes.
    enum Role: Hashable, Sendable {
        case plain
        /// A child at the end of the container at this node; the replacement begins with a comma if `comma`.
        case insertion(container: Int, comma: Bool)
        /// The children of the container, by the nodes they begin with.
        case removal(container: Int, children: [Int])
    }

    /// The bytes that go; an empty range inserts before its bound.
    ///
    /// Setting it makes the edit one of bytes alone.
    public var range: Range<Int> { didSet { role = .plain } }
    /// The bytes that come in their place.
    ///
    /// Setting it makes the edit one of bytes alone.
    public var replacement: [UInt8] { didSet { role = .plain } }
    private(set) var role: Role = .plain

    /// Makes an edit of bytes; that the outcome is still JSON is the caller's affair.
    public init(range: Range<Int>, replacement: [UInt8]) {
        self.range = range
        self.replacement = replacement
    }

    init(range: Range<Int>, replacement: [UInt8], role: Role) {
        self.init(range: range, replacement: replacement)
        self.role = role
    }

    /// Puts other JSON in a value's place.
    public static func replace(_ value: JSONCursor, with json: [UInt8]) -> JSONEdit {
        JSONEdit(range: value.range, replacement: json)
    }

    /// Puts a string, quoted and escaped, in a value's place.
    public static func replace(_ value: JSONCursor, withString text: String) -> JSONEdit {
        var writer = JSONWriter(capacity: text.utf8.count + 16)
        writer.string(text)
        return JSONEdit(range: value.range, replacement: writer.bytes)
    }

    /// Adds a member at the end of an object, the empty object included; on anything but an object it changes nothing.
    public static func insertMember(_ name: String, _ json: [UInt8], into object: JSONCursor) -> JSONEdit {
        var writer = JSONWriter(capacity: name.utf8.count + json.count + 8)
        writer.string(name)
        writer.raw(CollectionOfOne(UInt8(ascii: ":")))
        writer.raw(json)
        return insertion(writer.bytes, object, .object)
    }

    /// Adds an element at the end of an array, the empty array included; on anything but an array it changes nothing.
    public static func appendElement(_ json: [UInt8], to array: JSONCursor) -> JSONEdit {
        insertion(json, array, .array)
    }

    /// Takes every member of this name, and its comma, out of an object; `nil` when there is none.
    public static func removeMember(_ name: String, from object: JSONCursor) -> JSONEdit? {
        guard object.node.kind == .object else { return nil }
        var children: [Int] = []
        for member in object.members where member.name.equals(name) { children.append(member.name.index) }
        return removal(children, object)
    }

    /// Takes the element at this place, and its comma, out of an array; `nil` when there is none.
    public static func removeElement(at position: Int, from array: JSONCursor) -> JSONEdit? {
        guard let element = array[position] else { return nil }
        return removal([element.index], array)
    }

    private static func insertion(_ json: [UInt8], _ container: JSONCursor, _ kind: NodeKind) -> JSONEdit {
        guard container.node.kind == kind else {
            return JSONEdit(range: container.range.upperBound..<container.range.upperBound, replacement: [])
        }
        let end = container.range.upperBound - 1
        let comma = container.count > 0
        return JSONEdit(
            range: end..<end,
            replacement: comma ? [UInt8(ascii: ",")] + json : json,
            role: .insertion(container: container.index, comma: comma)
        )
    }

    private static func removal(_ children: [Int], _ container: JSONCursor) -> JSONEdit? {
        let cuts = container.storage.cuts(Set(children), from: container.index).ranges
        guard let first = cuts.first, let last = cuts.last else { return nil }
        // Members of one name may stand apart: the edit then spans them all and puts back what is between.
        var kept: [UInt8] = []
        for (cut, next) in zip(cuts, cuts.dropFirst()) {
            kept += container.storage.bytes[cut.upperBound..<next.lowerBound]
        }
        return JSONEdit(
            range: first.lowerBound..<last.upperBound,
            replacement: kept,
            role: .removal(container: container.index, children: children)
        )
    }
}

/// Why edits cannot be applied together.
public enum JSONEditError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Two edits change the same bytes; the later one begins here.
    case overlapping(at: Int)
    /// An edit reaches past the document's end.
    case outOfBounds(at: Int)

    /// One line for people.
    public var description: String {
        switch self {
        case .overlapping(let offset): "edits overlap at byte \(offset)"
        case .outOfBounds(let offset): "an edit reaches past the document at byte \(offset)"
        }
    }
}

extension JSONStorage {
    /// What to cut so that the children that begin at these nodes go, with the commas that go with them.
    ///
    /// - Returns: The ranges in order, and how many children stay.
    func cuts(_ children: Set<Int>, from container: Int) -> (ranges: [Range<Int>], staying: Int) {
        let isObject = node(container).kind == .object
        let end = next(after: container)
        var ranges: [Range<Int>] = []
        var staying = 0
        var lastKept: Int?
        var cut: Int?
        var child = container + 2
        var upper = child
        while child < end {
            let value = isObject ? child + 1 : child
            if children.contains(child) {
                cut = cut ?? node(child).start
            } else {
                // A run that something follows goes with the comma after each of it.
                if let start = cut { ranges.append(start..<node(child).start) }
                cut = nil
                lastKept = node(value).range.upperBound
                staying += 1
            }
            upper = node(value).range.upperBound
            child = next(after: value)
        }
        // A run at the end goes with the comma before it.
        if let start = cut { ranges.append((lastKept ?? start)..<upper) }
        return (ranges, staying)
    }
}
