public import JSON

/// Takes reasoning out of a request that its provider would refuse, where the request stays in its dialect.
///
/// A client may have been given reasoning of another provider, which has no signatures there; it carries a mark of ours
/// in place of one, and comes back with the next turn.
public enum UnsignedThinking {
    /// Adds the removals to a request's other edits; those inside a removed block go with it.
    public static func apply(to edits: [JSONEdit], _ facts: RequestFacts) -> [JSONEdit] {
        let removals = removals(facts)
        guard !removals.isEmpty else { return edits }
        // Removals come in the order of the document.
        let ranges = removals.map(\.range)
        let kept = edits.filter { !isInside($0.range, ranges) }
        return kept + removals
    }

    private static func isInside(_ range: Range<Int>, _ removed: [Range<Int>]) -> Bool {
        var low = 0
        var high = removed.count
        while low < high {
            let middle = (low + high) / 2
            if removed[middle].upperBound < range.upperBound { low = middle + 1 } else { high = middle }
        }
        return low < removed.count && removed[low].lowerBound <= range.lowerBound
    }

    /// The edits that remove it; none for other dialects.
    public static func removals(_ facts: RequestFacts) -> [JSONEdit] {
        if facts.dialect == .gemini { return GeminiForeignSignatures.removals(facts) }
        if facts.dialect == .openAIResponses { return removals(ofItems: facts.root.member("input")) }
        if facts.dialect == .openAIChat { return removals(ofDetails: facts.conversation.messages) }
        guard facts.dialect == .anthropicMessages, let messages = facts.root.member("messages") else { return [] }
        var edits: [JSONEdit] = []
        for message in messages.elements {
            guard let content = message.member("content"), content.kind == .array,
                message.member("role")?.equals("assistant") == true
            else { continue }
            add(content, to: &edits)
        }
        return edits
    }

    /// Reasoning of a provider of Responses or Gemini's, which a client of Chat Completions brings back in its list.
    private static func removals(ofDetails messages: JSONCursor) -> [JSONEdit] {
        var edits: [JSONEdit] = []
        for message in messages.elements {
            guard let details = message.member("reasoning_details"), details.kind == .array else { continue }
            for (position, detail) in details.elements.enumerated() where isOurs(detail) {
                if let edit = JSONEdit.removeElement(at: position, from: details) { edits.append(edit) }
            }
        }
        return edits
    }

    private static func isOurs(_ detail: JSONCursor) -> Bool {
        if let data = WireText(detail.member("data")), GeminiSignature.isSealed(data) { return true }
        return WireText(detail.member("signature"))?.isMarked == true
    }

    /// The reasoning items that no provider of the dialect has made.
    private static func removals(ofItems input: JSONCursor?) -> [JSONEdit] {
        guard let input, input.kind == .array else { return [] }
        var edits: [JSONEdit] = []
        for (position, item) in input.elements.enumerated() where item.member("type")?.equals("reasoning") == true {
            let isOurs =
                if let content = WireText(item.member("encrypted_content")), !content.isEmpty {
                    content.isMarked
                } else {
                    WireText(item.member("id"))?.behind(ResponsesID.reasoning) != nil
                }
            if isOurs, let edit = JSONEdit.removeElement(at: position, from: input) { edits.append(edit) }
        }
        return edits
    }

    /// The blocks that stay keep their bytes and their edits.
    private static func add(_ content: JSONCursor, to edits: inout [JSONEdit]) {
        var unsigned: [(position: Int, block: JSONCursor)] = []
        for (position, block) in content.elements.enumerated() where isUnsigned(block) {
            unsigned.append((position, block))
        }
        guard !unsigned.isEmpty else { return }
        if unsigned.count == content.count, let first = unsigned.first {
            // A message must say something.
            let text = #"{"type":"text","text":"(The reasoning of another model stood here.)"}"#
            edits.append(.replace(first.block, with: Array(text.utf8)))
            unsigned.removeFirst()
        }
        for (position, _) in unsigned {
            if let edit = JSONEdit.removeElement(at: position, from: content) { edits.append(edit) }
        }
    }

    private static func isUnsigned(_ block: JSONCursor) -> Bool {
        guard block.kind == .object, let type = block.member("type") else { return false }
        if type.equals("redacted_thinking"), let data = WireText(block.member("data")) {
            // A signature of Gemini's on its way through this client.
            return GeminiSignature.isSealed(data)
        }
        guard type.equals("thinking") else { return false }
        return WireText(block.member("signature"))?.isMarked == true
    }
}
