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

    /// The members as they stand where the request says none of them.
    private static let text = Array(
        members.map { #""\#($0.name)":\#($0.value)"# }.joined(separator: ",").utf8
    )
    /// Where each begins in the text; behind them where one more would.
    private static let starts = members.reduce(into: [0]) { starts, member in
        starts.append(starts[starts.count - 1] + member.name.utf8CodeUnitCount + member.value.utf8CodeUnitCount + 4)
    }
    /// The places of the names of so many bytes.
    private static let places = members.enumerated().reduce(into: [[Int]](repeating: [], count: 32)) { places, entry in
        places[entry.element.name.utf8CodeUnitCount].append(entry.offset)
    }

    /// What the request says, by the member's place among all; in the order of these, once each.
    private var said: [(place: Int, value: ArraySlice<UInt8>)] = []

    /// The echo of a request; what it does not say stands as the dialect's default.
    init(_ root: JSONCursor) {
        for (name, value) in root.members where !value.isNull && value.range.count <= Self.limit {
            guard let count = name.utf8Count, count < Self.places.count else { continue }
            guard let place = Self.places[count].first(where: { name.equals(Self.members[$0].name) }) else { continue }
            said.append((place, WireBytes.oneLine(value.raw)))
        }
        said.sort { $0.place < $1.place }
    }

    /// Writes its members.
    func write(_ response: inout JSONFields) {
        // The gateway keeps no response.
        response.boolean("store", false)
        var next = 0
        for (place, value) in said {
            Self.writeDefaults(next..<place, &response)
            response.raw(Self.members[place].name, value)
            next = place + 1
        }
        Self.writeDefaults(next..<Self.members.count, &response)
    }

    private static func writeDefaults(_ places: Range<Int>, _ response: inout JSONFields) {
        guard !places.isEmpty else { return }
        response.members(text[starts[places.lowerBound]..<(starts[places.upperBound] - 1)])
    }
}
