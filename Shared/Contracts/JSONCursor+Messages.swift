package import JSON

extension JSONCursor {
    /// A message whose members may all be missing must at least be an object.
    package func requireObject() throws(WireError) {
        guard kind == .object else { throw mismatch("object") }
    }

    package func strings(_ name: String) throws(WireError) -> [String] {
        try array(name, String.init(wire:))
    }

    package func strings(_ name: String, default value: [String]) throws(WireError) -> [String] {
        try optionalArray(name, String.init(wire:)) ?? value
    }

    func integers(_ name: String) throws(WireError) -> [Int] {
        try array(name, Int.init(wire:))
    }

    func integers(_ name: String, default value: [Int]) throws(WireError) -> [Int] {
        try optionalArray(name, Int.init(wire:)) ?? value
    }

    func list<Word: OpenEnum>(_ name: String, of type: Word.Type) throws(WireError) -> [Word] {
        try array(name) { (item) throws(WireError) in Word(rawValue: try String(wire: item)) }
    }

    /// A word from a closed list.
    func value<Word: RawRepresentable>(_ name: String) throws(WireError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: try string(name)) else {
            throw error(name, "unknown value")
        }
        return word
    }

    /// Texts by names of the sender's choosing; a missing member has none.
    func map(_ name: String) throws(WireError) -> [String: String] {
        try table(name, String.init(wire:))
    }

    /// Values by names of the sender's choosing; a missing member has none.
    func table<Value>(
        _ name: String,
        _ read: (JSONCursor) throws(WireError) -> Value
    ) throws(WireError) -> [String: Value] {
        guard let object = try optional(name) else { return [:] }
        guard object.kind == .object else { throw object.mismatch("object") }
        var result: [String: Value] = [:]
        for member in object.members { result[try String(wire: member.name)] = try read(member.value) }
        return result
    }

    /// The elements of an array that is no member of its own name, such as one inside another.
    func elements<Element>(
        _ read: (JSONCursor) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        guard kind == .array else { throw mismatch("array") }
        var values: [Element] = []
        values.reserveCapacity(count)
        for element in elements { values.append(try read(element)) }
        return values
    }

    /// The bytes of an array, as they stand.
    func raw(_ name: String) throws(WireError) -> [UInt8] {
        let value = try required(name)
        guard value.kind == .array else { throw value.mismatch("array") }
        return Array(value.raw)
    }

    /// The bytes of an object, as they stand; `nil` for null and nothing.
    func optionalRawObject(_ name: String) throws(WireError) -> [UInt8]? {
        guard let value = try optional(name) else { return nil }
        guard value.kind == .object else { throw value.mismatch("object") }
        return Array(value.raw)
    }

    /// A range of UTF-8 bytes; a reversed or negative one is refused here, because it would trap later.
    func byteRange() throws(WireError) -> Range<Int> {
        let start = try integer("start")
        let end = try integer("end")
        guard start >= 0 else { throw error("start", "expected 0 or more") }
        guard end >= start else { throw error("end", "expected start or more") }
        return start..<end
    }
}

extension String {
    init(wire cursor: JSONCursor) throws(WireError) {
        guard let text = cursor.string else { throw cursor.mismatch("string") }
        self = text
    }
}

extension Int {
    init(wire cursor: JSONCursor) throws(WireError) {
        guard let number = cursor.integer else { throw cursor.mismatch("integer") }
        self = number
    }
}

extension Double {
    init(wire cursor: JSONCursor) throws(WireError) {
        guard let number = cursor.double else { throw cursor.mismatch("number") }
        self = number
    }
}
