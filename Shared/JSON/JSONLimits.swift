/// What a document may be before it is refused.
///
/// Every limit is checked before the memory it guards is taken, so a hostile document costs no more than an honest one
/// of the permitted size.
public struct JSONLimits: Hashable, Sendable {
    /// What to do about an object that names a member twice.
    public enum DuplicateKeys: Hashable, Sendable {
        /// The document is accepted and the last of the members answers to the name.
        case lastWins
        /// The document is refused with ``JSONError/Reason/duplicateKey``.
        case reject
    }

    /// The longest document the tape can address: 256 MiB less one byte; a larger ``maximumBytes`` counts as this.
    public static let addressableBytes = 0xFFF_FFFF

    /// The limits of a document from a client or a peer: 64 MiB, 512 levels, the last of two equal names wins.
    public static let standard = Self()

    /// The longest document accepted, in bytes.
    public var maximumBytes: Int
    /// How many arrays and objects may stand inside one another.
    public var maximumDepth: Int
    /// What to do about an object that names a member twice.
    public var duplicateKeys: DuplicateKeys

    /// Makes limits; what is left out is as in ``standard``.
    public init(
        maximumBytes: Int = 64 << 20,
        maximumDepth: Int = 512,
        duplicateKeys: DuplicateKeys = .lastWins
    ) {
        self.maximumBytes = maximumBytes
        self.maximumDepth = maximumDepth
        self.duplicateKeys = duplicateKeys
    }
}
