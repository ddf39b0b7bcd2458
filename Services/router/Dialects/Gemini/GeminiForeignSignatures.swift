import JSON

/// Takes signatures of other providers out of a request that goes to Google as it is: Google refuses them.
enum GeminiForeignSignatures {
    /// The edits, in the order of the document.
    static func removals(_ facts: RequestFacts) -> [JSONEdit] {
        var edits: [JSONEdit] = []
        for content in facts.conversation.messages.listed {
            guard let parts = content.member("parts") else { continue }
            for (position, part) in parts.listed.enumerated() {
                for name in ["thoughtSignature", "thought_signature"] {
                    guard let signature = part[name], GeminiSignature.isForeign(signature) else { continue }
                    if let edit = removal(of: name, part, position, parts) { edits.append(edit) }
                }
            }
        }
        return edits
    }

    /// A part that is nothing but the signature says instead that there was one: a content without parts is refused.
    private static func removal(
        of name: String,
        _ part: JSONCursor,
        _ position: Int,
        _ parts: JSONCursor
    ) -> JSONEdit? {
        let others = part.members.contains { other, _ in
            !other.equals(name) && !other.equals("thought")
        }
        guard !others else { return JSONEdit.removeMember(name, from: part) }
        let text = #"{"text":"(The reasoning of another model stood here.)","thought":true}"#
        return .replace(part, with: Array(text.utf8))
    }
}
