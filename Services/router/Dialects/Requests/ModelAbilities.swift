/// What a model can take beside text: what a request needs of it, or what a catalogue says that it has.
public struct ModelAbilities: OptionSet, Hashable, Sendable {
    /// One bit for each.
    public let rawValue: UInt8

    /// Makes a set from its bits.
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// Calling tools.
    public static let tools = ModelAbilities(rawValue: 1)
    /// Pictures.
    public static let vision = ModelAbilities(rawValue: 2)
    /// Sound.
    public static let audio = ModelAbilities(rawValue: 4)
    /// The beginning of its own answer, with which it goes on.
    public static let prefill = ModelAbilities(rawValue: 8)
}
