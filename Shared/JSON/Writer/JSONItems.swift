/// Adds elements to the array a writer is at.
public struct JSONItems {
    private let writer: UnsafeMutablePointer<JSONWriter>
    private var isFirst = true

    /// Lives no longer than the call that lends it the writer.
    init(_ writer: UnsafeMutablePointer<JSONWriter>) {
        self.writer = writer
    }

    /// Adds a string, or `null` for `nil`.
    public mutating func string(_ value: String?) {
        separate()
        writer.pointee.string(value)
    }

    /// Adds a whole number, or `null` for `nil`.
    public mutating func integer(_ value: Int?) {
        separate()
        writer.pointee.integer(value)
    }

    /// Adds a number, or `null` for `nil`, infinities and NaN.
    public mutating func double(_ value: Double?) {
        separate()
        writer.pointee.double(value)
    }

    /// Adds `true` or `false`, or `null` for `nil`.
    public mutating func boolean(_ value: Bool?) {
        separate()
        writer.pointee.boolean(value)
    }

    /// Adds a `null`.
    public mutating func null() {
        separate()
        writer.pointee.null()
    }

    /// Adds an element that is given as JSON.
    public mutating func raw(_ json: some Collection<UInt8>) {
        separate()
        writer.pointee.raw(json)
    }

    /// Adds an element that is copied from a document, byte for byte.
    public mutating func raw(_ value: JSONCursor) {
        separate()
        writer.pointee.raw(value)
    }

    /// Adds an object; the body adds its members.
    public mutating func object(_ body: (inout JSONFields) -> Void) {
        separate()
        writer.pointee.object(body)
    }

    /// Adds an array; the body adds its elements.
    public mutating func array(_ body: (inout JSONItems) -> Void) {
        separate()
        writer.pointee.array(body)
    }

    /// Adds an element that the body writes: exactly one.
    public mutating func value(_ body: (inout JSONWriter) -> Void) {
        separate()
        body(&writer.pointee)
    }

    private mutating func separate() {
        if isFirst { isFirst = false } else { writer.pointee.append(UInt8(ascii: ",")) }
    }
}
