/// Adds members to the object a writer is at.
///
/// Names are written in the order given and not compared: two equal ones make an object with two.
public struct JSONFields {
    var writer: JSONWriter
    private var isFirst = true

    init(writer: consuming JSONWriter) {
        self.writer = writer
    }

    /// Adds a string, or `null` for `nil`.
    public mutating func string(_ name: String, _ value: String?) {
        key(name)
        writer.string(value)
    }

    /// Adds a whole number, or `null` for `nil`.
    public mutating func integer(_ name: String, _ value: Int?) {
        key(name)
        writer.integer(value)
    }

    /// Adds a number, or `null` for `nil`, infinities and NaN.
    public mutating func double(_ name: String, _ value: Double?) {
        key(name)
        writer.double(value)
    }

    /// Adds `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ name: String, _ value: Bool?) {
        key(name)
        writer.boolean(value)
    }

    /// Adds a `null`.
    public mutating func null(_ name: String) {
        key(name)
        writer.null()
    }

    /// Adds a member whose value is given as JSON.
    public mutating func raw(_ name: String, _ json: some Collection<UInt8>) {
        key(name)
        writer.raw(json)
    }

    /// Adds a member whose value is copied from a document, byte for byte.
    public mutating func raw(_ name: String, _ value: JSONCursor) {
        key(name)
        writer.raw(value)
    }

    /// Adds an object; the body adds its members.
    public mutating func object(_ name: String, _ body: (inout JSONFields) -> Void) {
        key(name)
        writer.object(body)
    }

    /// Adds an array; the body adds its elements.
    public mutating func array(_ name: String, _ body: (inout JSONItems) -> Void) {
        key(name)
        writer.array(body)
    }

    /// Adds a member whose value the body writes: exactly one.
    public mutating func value(_ name: String, _ body: (inout JSONWriter) -> Void) {
        key(name)
        body(&writer)
    }

    private mutating func key(_ name: String) {
        writer.quoted(name, after: isFirst ? nil : UInt8(ascii: ","), before: UInt8(ascii: ":"))
        isFirst = false
    }
}
