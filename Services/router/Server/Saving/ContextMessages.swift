import Contracts
import Dialects
import JSON
import RouterCore

/// The messages around texts that are asked about, for savers that need more than the texts.
///
/// Made of a request's texts as the guard left them, whatever its dialect: images, signatures, marks and the calls'
/// arguments stay here.
enum ContextMessages {
    /// Longer conversations are not told.
    private static let longest = 8 << 20

    /// - Parameters:
    ///   - request: The request.
    ///   - guarded: What the guard made of its texts.
    ///   - first: The place of the first text that was not sent before.
    /// - Returns: `nil` for a conversation that is too long.
    static func conversation(
        _ request: PreparationRequest,
        _ guarded: GuardedTexts,
        first: Int
    ) -> Conversation? {
        let segments = request.segments.all
        let length = segments.reduce(0) { sum, segment in
            segment.kind == .toolArguments ? sum : sum + segment.contentRange.count
        }
        guard length <= longest else { return nil }
        var writer = JSONWriter(capacity: length + segments.count * 64)
        var count = 0
        var frozen = 0
        writer.array { items in
            for (index, segment) in segments.enumerated() {
                guard segment.kind != .toolArguments, segment.kind != .reasoning else { continue }
                let text = TextSplice.text(of: segment, with: guarded.verdict(index)?.edits ?? []) ?? segment.text
                if segment.kind == .toolResult {
                    items.value { call(segment, index, request.segments.command(of: index), to: &$0) }
                    count += 1
                }
                if index == first { frozen = count }
                items.value { message(segment, index, text, to: &$0) }
                count += 1
            }
        }
        return Conversation(messages: writer.bytes, frozen: frozen, id: "\(request.conversation)")
    }

    /// The call in front of its result; of its arguments the command, which tells what was printed.
    private static func call(_ segment: TextSegment, _ index: Int, _ command: String?, to writer: inout JSONWriter) {
        var arguments = JSONWriter()
        arguments.object { $0.string("command", command) }
        let text = command == nil ? "{}" : String(decoding: arguments.bytes, as: UTF8.self)
        writer.object { fields in
            fields.string("role", "assistant")
            fields.null("content")
            fields.array("tool_calls") { calls in
                calls.object { fields in
                    fields.string("id", String(index))
                    fields.string("type", "function")
                    fields.object("function") { function in
                        function.string("name", segment.toolName ?? "tool")
                        function.string("arguments", text)
                    }
                }
            }
        }
    }

    private static func message(_ segment: TextSegment, _ index: Int, _ text: String, to writer: inout JSONWriter) {
        writer.object { fields in
            switch segment.kind {
            case .toolResult:
                fields.string("role", "tool")
                fields.string("tool_call_id", String(index))
            case .system: fields.string("role", "system")
            default: fields.string("role", segment.role == "assistant" ? "assistant" : "user")
            }
            fields.string("content", text)
        }
    }
}
