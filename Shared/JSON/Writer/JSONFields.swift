/// Adds members to the object a writer is at.
///
/// Names are written in the order given and not compared: two equal ones make an object with two.
public struct JSONFields {
    private let writer: UnsafeMutablePointer<JSONWriter>
    private var isFirst = true

    /// Lives no longer than the call that lends it the writer.
    init(_ writer: UnsafeMutablePointer<JSONWriter>) {
        self.writer = writer
    }

    /// Adds a string, or `null` for `nil`.
    public mutating func string(_ name: StaticString, _ value: String?) {
        key(name)
        writer.pointee.string(value)
    }

    /// Adds a whole number, or `null` for `nil`.
    public mutating func integer(_ name: StaticString, _ value: Int?) {
        key(name)
        writer.pointee.integer(value)
    }

    /// Adds a number, or `null` for `nil`, infinities and NaN.
    public mutating func double(_ name: StaticString, _ value: Double?) {
        key(name)
        writer.pointee.double(value)
    }

    /// Adds `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ name: StaticString, _ value: Bool?) {
        key(name)
        writer.pointee.boolean(value)
    }

    /// Adds a `null`.
    public mutating func null(_ name: StaticString) {
        key(name)
        writer.pointee.null()
    }

    /// Adds a member whose value is given as JSON.
    public mutating func raw(_ name: StaticString, _ json: some Collection<UInt8>) {
        key(name)
        writer.pointee.raw(json)
    }

    /// Adds a member whose value is copied from a document, byte for byte.
    public mutating func raw(_ name: StaticString, _ value: JSONCursor) {
        key(name)
        writer.pointee.raw(value)
    }

    /// Adds members that are given as JSON, names and all, with commas between them.
    public mutating func members(_ json: some Collection<UInt8>) {
        guard !json.isEmpty else { return }
        if !isFirst { writer.pointee.append(UInt8(ascii: ",")) }
        isFirst = false
        writer.pointee.raw(json)
    }

    /// Adds an object; the body adds its members.
    public mutating func object(_ name: StaticString, _ body: (inout JSONFields) -> Void) {
        key(name)
        writer.pointee.object(body)
    }

    /// Adds an array; the body adds its elements.
    public mutating func array(_ name: StaticString, _ body: (inout JSONItems) -> Void) {
        key(name)
        writer.pointee.array(body)
    }

    /// Adds a member whose value the body writes: exactly one.
    public mutating func value(_ name: StaticString, _ body: (inout JSONWriter) -> Void) {
        key(name)
        body(&writer.pointee)
    }

    private mutating func key(_ name: StaticString) {
        writer.pointee.name(name, after: isFirst ? nil : UInt8(ascii: ","))
        isFirst = false
    }
}

// MARK: Names from elsewhere

extension JSONFields {
    /// Adds a string, or `null` for `nil`.
    @_disfavoredOverload
    public mutating func string(_ name: String, _ value: String?) {
        key(name)
        writer.pointee.string(value)
    }

    /// Adds a whole number, or `null` for `nil`.
    @_disfavoredOverload
    public mutating func integer(_ name: String, _ value: Int?) {
        key(name)
        writer.pointee.integer(value)
    }

    /// Adds a number, or `null` for `nil`, infinities and NaN.
    @_disfavoredOverload
    public mutating func double(_ name: String, _ value: Double?) {
        key(name)
        writer.pointee.double(value)
    }

    /// Adds `true` or `false`, or `null` for `nil`.
    @_disfavoredOverload
    public mutating func boolean(_ name: String, _ value: Bool?) {
        key(name)
        writer.pointee.boolean(value)
    }

    /// Adds a `null`.
    @_disfavoredOverload
    public mutating func null(_ name: String) {
        key(name)
        writer.pointee.null()
    }

    /// Adds a member whose value is given as JSON.
    @_disfavoredOverload
    public mutating func raw(_ name: String, _ json: some Collection<UInt8>) {
        key(name)
        writer.pointee.raw(json)
    }

    /// Adds a member whose value is copied from a document, byte for byte.
    @_disfavoredOverload
    public mutating func raw(_ name: String, _ value: JSONCursor) {
        key(name)
        writer.pointee.raw(value)
    }

    /// Adds an object; the body adds its members.
    @_disfavoredOverload
    public mutating func object(_ name: String, _ body: (inout JSONFields) -> Void) {
        key(name)
        writer.pointee.object(body)
    }

    /// Adds an array; the body adds its elements.
    @_disfavoredOverload
    public mutating func array(_ name: String, _ body: (inout JSONItems) -> Void) {
        key(name)
        writer.pointee.array(body)
    }

    /// Adds a member whose value the body writes: exactly one.
    @_disfavoredOverload
    public mutating func value(_ name: String, _ body: (inout JSONWriter) -> Void) {
        key(name)
        body(&writer.pointee)
    }

    private mutating func key(_ name: String) {
        writer.pointee.quoted(name, after: isFirst ? nil : UInt8(ascii: ","), before: UInt8(ascii: ":"))
        isFirst = false
    }
}
