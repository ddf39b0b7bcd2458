import JSON

extension CanonicalFormat {
    /// What the model is told of the answer's form where the dialect has no parameter for it.
    var words: WireText {
        switch self {
        case .jsonObject: return WireText("Answer with one valid JSON object and with nothing else.")
        case .schema(let schema, _, _):
            let words = "Answer with JSON that matches the following JSON Schema, and with nothing else.\n"
            return WireText(words + String(decoding: schema.raw, as: UTF8.self))
        }
    }
}
