/// A word from a list that may grow.
///
/// A peer one version ahead may send a word that this build lacks; it is kept as it came and can be passed on.
public protocol OpenEnum: RawRepresentable, Hashable, Sendable, CustomStringConvertible where RawValue == String {
    /// The values that this build knows.
    static var known: [Self] { get }

    /// Takes any text.
    init(rawValue: String)
}

extension OpenEnum {
    /// The text on the wire.
    public var description: String { rawValue }

    /// A string whose known values are examples.
    static var schema: Schema {
        .string(like: known.map(\.rawValue))
    }
}
