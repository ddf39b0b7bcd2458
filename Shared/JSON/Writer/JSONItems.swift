/// Adds elements to the array a writer is at.
public struct JSONItems {
    var writer: JSONWriter
    private var isFirst = true

    init(writer: consuming JSONWriter) {
        self.writer = writer
    }

    /// Adds a string, or `null` for `nil`.
    public mutating func string(_ value: String?) {
        separate()
        writer.string(value)
    }

    /// Adds a whole number, or `null` for `nil`.
    public mutating func integer(_ value: Int?) {
        separate()
        writer.integer(value)
    }

    /// Adds a number, or `null` for `nil`, infinities and NaN.
    public mutating func double(_ value: Double?) {
        separate()
        writer.double(value)
    }

    /// Adds `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ value: Bool?) {
        separate()
        writer.boolean(value)
    }

    /// Adds a `null`.
    public mutating func null() {
        separate()
        writer.null()
    }

    /// Adds an element that is given as JSON.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        writer.raw(json)
    }

    /// Adds an element that is copied from a document, byte for byte.
    public mutating func raw(_ value: JSONCursor) {
        separate()
        writer.raw(value)
    }

    /// Adds an object; the body adds its members.
    public mutating func object(_ body: (inout JSONFields) -> Void) {
        separate()
        writer.object(body)
    }

    /// Adds an array; the body adds its elements.
    public mutating func array(_ body: (inout JSONItems) -> Void) {
        separate()
        writer.array(body)
    }

    /// Adds an element that the body writes: exactly one.
    public mutating func value(_ body: (inout JSONWriter) -> Void) {
        separate()
        body(&writer)
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { writer.append(UInt8(ascii: ",")) }
    }
}
