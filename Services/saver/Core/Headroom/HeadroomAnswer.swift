import JSON

/// Headroom's answer, as flat as it is on the wire.
package struct HeadroomAnswer: Sendable {
    private let root: JSONCursor
    /// What it claims to have saved.
    package let claimedSaved: Int

    /// - Throws: ``HeadroomFault`` for what is no answer, or one that says nothing was done.
    package init(_ body: [UInt8]) throws(HeadroomFault) {
        guard let root = (try? JSONDocument(body))?.root, root["messages"]?.kind == .array,
            let saved = root["tokens_saved"]?.integer
        else { throw .malformed }
        if root["compression_skipped"]?.boolean == true { throw .skipped }
        if let hashes = root["ccr_hashes"], hashes.kind == .array, hashes.count > 0 { throw .notWhole }
        self.root = root
        claimedSaved = saved
    }

    /// A text that it made another one of.
    package struct Result: Sendable {
        /// The call that it is the result of; `nil` for words of a user.
        package var id: String?
        /// What was sent.
        package var original: String
        package var text: String
    }

    /// The texts that it made other texts of.
    ///
    /// - Parameters:
    ///   - sent: The messages that it was asked about.
    ///   - frozen: How many of them were sent before.
    ///   - userMessages: Whether it was asked about words of users too. Otherwise those that it changed anyway are no fault:
    ///     they go out as they were written.
    /// - Returns: Only of messages that are not frozen.
    /// - Throws: ``HeadroomFault/changedMore`` when messages, roles, calls or pairing are not as they were sent.
    package func results(
        of sent: [UInt8],
        frozen: Int,
        userMessages: Bool = false
    ) throws(HeadroomFault) -> [Result] {
        guard let before = (try? JSONDocument(sent))?.root, let after = root["messages"], before.count == after.count
        else { throw .changedMore }
        var results: [Result] = []
        for (index, pair) in zip(before.elements, after.elements).enumerated() {
            let (old, new) = pair
            guard let role = old["role"]?.string, new["role"]?.string == role else { throw .changedMore }
            guard old.isSame(as: new, but: role == "tool" || role == "user" ? "content" : nil) else {
                throw .changedMore
            }
            guard index >= frozen else { continue }
            let id = old["tool_call_id"]?.string
            guard role == "tool" && id != nil || role == "user" && userMessages else { continue }
            // A user's content may be a list of parts, images among them: nothing of those is taken.
            if role == "user", old["content"]?.kind != .string { continue }
            guard let was = old["content"]?.string, let content = new["content"]?.string else { throw .changedMore }
            guard content != was else { continue }
            guard !Self.isPointer(content) else { throw .notWhole }
            results.append(Result(id: role == "tool" ? id : nil, original: was, text: Self.unquoted(content, was)))
        }
        return results
    }

    /// Of two equal results the later one becomes `[↑202L same as msg 2: …]`: a place in a list that the model never sees.
    private static func isPointer(_ text: String) -> Bool {
        text.hasPrefix("[↑")
    }

    /// Tables come as a JSON string inside the string; its quotes and escapes say nothing to a model.
    private static func unquoted(_ text: String, _ original: String) -> String {
        guard text.hasPrefix("\""), text.hasSuffix("\""), !original.hasPrefix("\""),
            let inner = (try? JSONDocument(Array(text.utf8)))?.root.string
        else { return text }
        return inner
    }
}

extension JSONCursor {
    /// Whether two values say the same, whatever their spelling; a member may be left out of it.
    fileprivate func isSame(as other: JSONCursor, but name: StaticString? = nil) -> Bool {
        guard kind == other.kind else { return false }
        switch kind {
        case .null: return true
        case .boolean: return boolean == other.boolean
        case .string: return string == other.string
        case .number: return raw.elementsEqual(other.raw)
        case .array:
            return count == other.count && zip(elements, other.elements).allSatisfy { $0.isSame(as: $1) }
        case .object:
            return count == other.count
                && zip(members, other.members).allSatisfy { old, new in
                    guard let key = old.name.string, new.name.string == key else { return false }
                    if let name, old.name.equals(name) { return true }
                    return old.value.isSame(as: new.value)
                }
        }
    }
}
