import Contracts
import JSON

/// Writes the object around a response's output, which says again what was asked for.
struct ResponsesObject: Sendable {
    let id: String
    let model: String
    let created: Int
    let echo: ResponsesEcho?

    init(_ start: AnswerStart, _ context: AnswerContext) {
        id = ResponsesID.response(start.id)
        model = start.model.flatMap { $0.isEmpty ? nil : $0 } ?? context.requestedModel
        created = start.created ?? context.created
        echo = context.echo
    }

    /// How a response ended.
    struct Ending: Sendable {
        let status: String
        /// Why it is not whole.
        var reason: String?

        init(_ stop: StopReason?, hasRefusal: Bool) {
            switch stop {
            case .length: (status, reason) = ("incomplete", "max_output_tokens")
            case .refusal where !hasRefusal: (status, reason) = ("incomplete", "content_filter")
            default: status = "completed"
            }
        }

        var itemStatus: ResponsesOutputItem.Status { reason == nil ? .completed : .incomplete }
    }

    /// Writes it.
    ///
    /// - Parameters:
    ///   - ending: How it ended; `nil` while it is being made.
    ///   - output: The items.
    ///   - usage: The count; `nil` until there is one.
    ///   - response: Takes the members.
    func write(
        _ ending: Ending?,
        _ output: [ResponsesOutputItem],
        _ usage: TokenUsage?,
        _ response: inout JSONFields
    ) {
        response.string("id", id)
        response.string("object", "response")
        response.integer("created_at", created)
        response.string("status", ending?.status ?? "in_progress")
        response.boolean("background", false)
        response.null("error")
        if let reason = ending?.reason {
            response.object("incomplete_details") { $0.string("reason", reason) }
        } else {
            response.null("incomplete_details")
        }
        response.string("model", model)
        response.array("output") { items in
            for (index, item) in output.enumerated() {
                // What is not whole is the last of it.
                let status = index == output.count - 1 ? ending?.itemStatus ?? .inProgress : .completed
                items.object { item.write(status, &$0) }
            }
        }
        echo?.write(&response)
        if let usage {
            response.object("usage") { ResponsesUsage.write(usage, &$0) }
        } else {
            response.null("usage")
        }
    }
}

/// What a response says again of its request.
struct ResponsesEcho: Sendable {
    /// Instructions and tools beyond this many bytes are not said again, three times in every stream.
    static let limit = 16 << 10

    /// What is said again, and what stands in its place where the request does not say it.
    private static let members: [(name: StaticString, value: StaticString)] = [
        ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"),
        ("previous_response_id", "null"), ("prompt_cache_key", "null"),
        ("reasoning", #"{"effort":null,"summary":null}"#),
        ("safety_identifier", "null"), ("temperature", "null"), ("text", #"{"format":{"type":"text"}}"#),
        ("tool_choice", #""auto""#), ("tools", "[]"), ("top_p", "null"), ("truncation", #""disabled""#),
        ("user", "null"),
    ]

    /// What the request says, by the member's place among all.
    private var said: [(place: Int, value: ArraySlice<UInt8>)] = []

    /// The echo of a request; what it does not say stands as the dialect's default.
    init(_ root: JSONCursor) {
        for (name, value) in root.members where !value.isNull && value.range.count <= Self.limit {
            let count = name.utf8Count
            let place = Self.members.firstIndex { $0.name.utf8CodeUnitCount == count && name.equals($0.name) }
            guard let place else { continue }
            said.append((place, WireBytes.oneLine(value.raw)))
        }
    }

    /// Writes its members.
    func write(_ response: inout JSONFields) {
        // The gateway keeps no response.
        response.boolean("store", false)
        for (place, member) in Self.members.enumerated() {
            if let own = said.last(where: { $0.place == place }) {
                response.raw(member.name, own.value)
            } else {
                response.raw(
                    member.name,
                    UnsafeBufferPointer(start: member.value.utf8Start, count: member.value.utf8CodeUnitCount)
                )
            }
        }
    }
}
