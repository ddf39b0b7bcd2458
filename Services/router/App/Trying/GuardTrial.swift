package import Contracts
package import JSON

/// What a guard says about a text, for people and for programs.
package struct GuardTrial: Sendable {
    /// Longer matches are shown with their beginning.
    private static let longestMatch = 40

    private let text: [UInt8]
    private let reply: InspectReply
    /// How many policies there are; `nil` when the guard does not tell.
    private let policies: Int?
    private let places: TextPlaces

    package init(text: String, reply: InspectReply, policies: Int?) {
        self.text = Array(text.utf8)
        var reply = reply
        reply.findings.sort { ($0.range.lowerBound, $0.range.upperBound) < ($1.range.lowerBound, $1.range.upperBound) }
        self.reply = reply
        self.policies = policies
        places = TextPlaces(of: reply.findings.map(\.range.lowerBound), in: self.text)
    }

    package var isBlocked: Bool { reply.action == .block }
    package var reason: String { reply.reason }

    /// The text as the provider would get it.
    package func edited() throws(EditedText.Problem) -> [UInt8] {
        try EditedText.apply(reply.edits, to: text)
    }

    // MARK: People

    package func table() -> String {
        guard !reply.findings.isEmpty else { return "Nothing is found." }
        var table = Table([
            .init("where"), .init("bytes"), .init("entity"), .init("score", .right), .init("severity"),
            .init("action"), .init("detector"), .init("text"),
        ])
        for finding in reply.findings {
            let score = Int((finding.score * 100).rounded())
            table.add([
                places[finding.range.lowerBound].description,
                "\(finding.range.lowerBound)–\(finding.range.upperBound)", finding.entity,
                "\(score) %", finding.severity.rawValue, finding.action.rawValue, finding.detector,
                match(finding.range),
            ])
        }
        return table.text
    }

    /// What is done in the end, and what to do when that is nothing.
    package func verdict(_ invocation: Invocation) -> String {
        let reason = reply.reason.isEmpty ? "" : " (\(reply.reason))"
        let words =
            switch reply.action {
            case .block: "The request is blocked\(reason)."
            case .mask: "The text is masked; --print shows it."
            case .warn: "The text passes with a warning\(reason)."
            default: "The text passes as it is."
            }
        guard policies == 0 else { return words }
        return words + " There is no policy, so this is what one would see: declare one under guardrails, as "
            + "config.example.yaml shows, and \(invocation("guard try FILE")) shows what it does."
    }

    private func match(_ range: Range<Int>) -> String {
        guard (try? EditedText.check(range, in: text)) != nil else { return "–" }
        let match = String(decoding: text[range], as: UTF8.self)
        return match.count > Self.longestMatch ? "\(match.prefix(Self.longestMatch))…" : match
    }

    // MARK: Programs

    package func write(to writer: inout JSONWriter) {
        let edited = try? edited()
        writer.object { fields in
            fields.string("action", reply.action.rawValue)
            fields.string("reason", reply.reason)
            fields.string("policy_version", reply.policyVersion)
            fields.integer("policies", policies)
            fields.array("findings") { items in
                for finding in reply.findings { items.object { write(finding, to: &$0) } }
            }
            fields.string("masked", edited.map { String(decoding: $0, as: UTF8.self) })
        }
    }

    private func write(_ finding: Contracts.Finding, to fields: inout JSONFields) {
        let place = places[finding.range.lowerBound]
        fields.string("entity", finding.entity)
        fields.string("detector", finding.detector)
        fields.integer("start", finding.range.lowerBound)
        fields.integer("end", finding.range.upperBound)
        fields.integer("line", place.line)
        fields.integer("column", place.column)
        fields.double("score", finding.score)
        fields.string("severity", finding.severity.rawValue)
        fields.string("action", finding.action.rawValue)
    }
}
