import Contracts
import JSON

/// Writes the object around a response's output, which says again what was asked for.
struct ResponsesObject: Sendable {
    let id: String
    let model: String
    let created: Int
    let echo: ResponsesEcho

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
        for member in echo.members { response.raw(member.name, member.value) }
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

    private(set) var members: [(name: String, value: ArraySlice<UInt8>)] = []

    private static let defaults: [(name: StaticString, value: StaticString)] = [
        ("instructions", "null"), ("max_output_tokens", "null"), ("metadata", "{}"), ("parallel_tool_calls", "true"),
        ("previous_response_id", "null"), ("prompt_cache_key", "null"),
        ("reasoning", #"{"effort":null,"summary":null}"#),
        ("safety_identifier", "null"), ("temperature", "null"), ("text", #"{"format":{"type":"text"}}"#),
        ("tool_choice", #""auto""#), ("tools", "[]"), ("top_p", "null"), ("truncation", #""disabled""#),
        ("user", "null"),
    ]

    /// The echo of a request; what it does not say stands as the dialect's default.
    init(_ root: JSONCursor? = nil) {
        // The gateway keeps no response.
        members.append(("store", Array("false".utf8)[...]))
        for (name, value) in Self.defaults {
            let said = root?.member(name).flatMap {
                $0.isNull || $0.range.count > Self.limit ? nil : WireBytes.oneLine($0.raw)
            }
            members.append(("\(name)", said ?? Array("\(value)".utf8)[...]))
        }
    }
}
