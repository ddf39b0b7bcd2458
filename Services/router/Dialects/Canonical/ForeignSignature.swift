/// Signatures of one family of models where another family's dialect has room for one.
///
/// A client keeps what its dialect signs and sends it back untouched. What another family has signed travels in the
/// same place behind a mark of ours, so that it reaches its own provider byte for byte, and no other ever sees it.
enum ForeignSignature {
    /// What every mark begins with.
    static let mark: StaticString = "keirouter-"
    /// In a signature's place: the id and the encrypted content of a reasoning item of OpenAI's Responses.
    static let responses: StaticString = "keirouter-responses."
    /// In the place of a reasoning item's encrypted content: what has signed its text.
    static let signed: StaticString = "keirouter-signed."
    /// In the place of a reasoning item's encrypted content: thinking that its provider keeps from people.
    static let redacted: StaticString = "keirouter-redacted."

    /// The id and the encrypted content of a reasoning item, as a signature.
    static func responses(id: String, content: WireText) -> WireText {
        let id = id.utf8.contains(UInt8(ascii: ".")) ? "" : id
        return WireText(joining: [WireText("\(responses)\(id)."), content], by: "")
    }

    /// What ``responses(id:content:)`` has put together; `nil` for any other signature.
    static func readResponses(_ signature: WireText?) -> (id: WireText, content: WireText)? {
        guard let rest = signature?.behind(responses), let dot = rest.escaped.firstIndex(of: UInt8(ascii: ".")) else {
            return nil
        }
        return (WireText(escaped: rest.escaped[..<dot]), WireText(escaped: rest.escaped[(dot + 1)...]))
    }

    /// What stands in an encrypted content's place for the signature under a text; `nil` where nobody has signed it.
    static func encryptedContent(_ signature: WireText?) -> WireText? {
        guard let signature, !signature.isEmpty else { return nil }
        if let own = readResponses(signature) { return own.content }
        return signature.isMarked ? nil : WireText(joining: [WireText("\(signed)"), signature], by: "")
    }
}

extension WireText {
    /// Whether it is a signature of ours, or one that we have wrapped.
    var isMarked: Bool { behind(ForeignSignature.mark) != nil }

    /// What follows a beginning; `nil` when it has another.
    func behind(_ beginning: StaticString) -> WireText? {
        let count = beginning.utf8CodeUnitCount
        guard escaped.count >= count,
            escaped.prefix(count).elementsEqual(UnsafeBufferPointer(start: beginning.utf8Start, count: count))
        else { return nil }
        return WireText(escaped: escaped.dropFirst(count))
    }
}
