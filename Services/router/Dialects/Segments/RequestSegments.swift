import Contracts
import JSON

/// Every text of a request that a guard or a saver may see, message by message.
public struct RequestSegments: Sendable {
    /// The longest command that is told to savers.
    private static let commandLimit = 4 << 10
    /// Arguments longer than this are not searched for a command.
    private static let argumentsLimit = 1 << 20

    /// The texts; their places here are what others call them by.
    public var all: [TextSegment]
    /// Whether the model has answered before in this conversation.
    public var hasAssistantTurn: Bool
    /// The last text that carries a cache breakpoint.
    public var lastMark: Int?

    /// Finds the texts, in time linear in the number of values and without decoding one.
    public static func read(_ facts: RequestFacts) -> RequestSegments {
        var reader = SegmentReader(facts)
        reader.readRequest()
        return RequestSegments(
            all: reader.segments,
            hasAssistantTurn: reader.hasAssistantTurn,
            lastMark: reader.lastMark
        )
    }

    /// The command whose output a tool's result is, as far as the call's arguments tell it.
    ///
    /// - Parameter index: The result's place in ``all``.
    /// - Returns: The text of the arguments' `command` or `cmd`; of a list of words, the words with spaces between them.
    public func command(of index: Int) -> String? {
        guard all.indices.contains(index), let call = all[index].call, all.indices.contains(call) else { return nil }
        let arguments = all[call].value
        guard arguments.kind == .string else { return Self.command(in: arguments) }
        guard arguments.range.count <= Self.argumentsLimit, let bytes = arguments.utf8,
            let document = try? JSONDocument(Array(bytes))
        else { return nil }
        return Self.command(in: document.root)
    }

    private static func command(in arguments: JSONCursor) -> String? {
        guard let value = arguments.member("command") ?? arguments.member("cmd") else { return nil }
        let command: String
        switch value.kind {
        case .string: command = value.string ?? ""
        case .array: command = value.elements.prefix(256).compactMap(\.string).joined(separator: " ")
        default: return nil
        }
        guard !command.isEmpty else { return nil }
        return command.utf8.count <= commandLimit ? command : String(command.prefix(commandLimit / 4))
    }
}
