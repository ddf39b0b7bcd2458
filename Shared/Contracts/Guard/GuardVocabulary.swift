/// What a guard does about a text, from the mildest.
public struct GuardAction: OpenEnum {
    /// Nothing was found.
    public static let allow = GuardAction(rawValue: "allow")
    /// It is recorded.
    public static let logOnly = GuardAction(rawValue: "log_only")
    /// It is recorded and the answer says so.
    public static let warn = GuardAction(rawValue: "warn")
    /// Parts of the text are replaced.
    public static let mask = GuardAction(rawValue: "mask")
    /// The text goes no further.
    public static let block = GuardAction(rawValue: "block")
    /// The values that this build knows.
    public static let known: [GuardAction] = [allow, logOnly, warn, mask, block]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// Which way a text goes.
public struct Direction: OpenEnum {
    /// From the client to a provider.
    public static let inbound = Direction(rawValue: "inbound")
    /// From a provider to the client.
    public static let outbound = Direction(rawValue: "outbound")
    /// The values that this build knows.
    public static let known: [Direction] = [inbound, outbound]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// What a piece of text is in its conversation.
public struct SegmentKind: OpenEnum {
    /// What someone wrote.
    public static let text = SegmentKind(rawValue: "text")
    /// What a tool returned.
    public static let toolResult = SegmentKind(rawValue: "tool_result")
    /// What a tool is called with.
    public static let toolArguments = SegmentKind(rawValue: "tool_args")
    /// The model's reasoning.
    public static let reasoning = SegmentKind(rawValue: "reasoning")
    /// Instructions.
    public static let system = SegmentKind(rawValue: "system")
    /// The user's words, as savers see them.
    public static let user = SegmentKind(rawValue: "user")
    /// The values that this build knows.
    public static let known: [SegmentKind] = [text, toolResult, toolArguments, reasoning, system, user]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// How bad a finding is.
public struct Severity: OpenEnum {
    /// Worth a record.
    public static let low = Severity(rawValue: "low")
    /// Worth a look.
    public static let medium = Severity(rawValue: "medium")
    /// Worth stopping.
    public static let high = Severity(rawValue: "high")
    /// The values that this build knows.
    public static let known: [Severity] = [low, medium, high]

    /// The text on the wire.
    public let rawValue: String

    /// Takes any text: a newer peer may send one that this build does not know.
    public init(rawValue: String) {
        self.rawValue = rawValue
    }
}
