import JSON

/// Writes turns as contents of Gemini's dialect.
struct GeminiContentWriter {
    /// The upstream's names of tools that had to be renamed.
    let names: [String: String]
    /// Whether the model refuses calls that have lost their signature.
    let wantsSignatures: Bool

    /// A function's name in the dialect's alphabet, which begins with a letter.
    static func fitting(_ name: String) -> String {
        let fitting = ToolNaming.fitting(name, limit: GeminiRequestWriter.nameLimit - 1)
        guard let first = fitting.utf8.first else { return "_" }
        let begins = first == UInt8(ascii: "_") || (UInt8(ascii: "A")...UInt8(ascii: "z")).contains(first)
        return begins ? fitting : "_" + fitting
    }

    private func name(_ name: String) -> String { names[name] ?? Self.fitting(name) }

    func write(_ turn: CanonicalTurn, _ content: inout JSONFields) {
        content.string("role", turn.role == .assistant ? "model" : "user")
        content.array("parts") { items in
            if turn.role == .assistant { writeModel(turn.parts, &items) } else { writeUser(turn.parts, &items) }
        }
    }

    // MARK: The user

    private func writeUser(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        var media: [CanonicalPart] = []
        for part in parts {
            if case .toolResult(let result) = part {
                media += result.parts.filter(\.isMedia)
                items.object { write(result, &$0) }
            }
        }
        for part in media { items.object { write(media: part, &$0) } }
        for part in parts {
            switch part {
            case .text(let text), .refusal(let text): items.object { $0.text("text", text) }
            case .image, .file: items.object { write(media: part, &$0) }
            case .thinking, .redactedThinking, .toolCall, .toolResult: continue
            }
        }
    }

    private func write(_ result: CanonicalToolResult, _ part: inout JSONFields) {
        let texts = result.parts.compactMap { part -> WireText? in
            switch part {
            case .text(let text), .refusal(let text): text.isEmpty ? nil : text
            case .image, .file, .thinking, .redactedThinking, .toolCall, .toolResult: nil
            }
        }
        var text = WireText(joining: texts, by: #"\n"#)
        if text.isEmpty {
            if result.parts.contains(where: \.isMedia) {
                text = WireText("(The result follows as a picture or file.)")
            } else if result.isError {
                text = WireText("Error")
            }
        }
        part.object("functionResponse") { response in
            if Self.isTold(result.callID) { response.string("id", result.callID) }
            response.string("name", name(result.name ?? "tool"))
            if !result.isError, let object = GeminiToolResult.object(text) {
                response.raw("response", object)
            } else {
                response.object("response") { GeminiToolResult.write(text, isError: result.isError, &$0) }
            }
        }
    }

    /// Whether the provider is told an id: one that the gateway made for a call without is none of its.
    private static func isTold(_ id: String) -> Bool { !id.isEmpty && !id.hasPrefix(GeminiCallID.prefix) }

    private func write(media part: CanonicalPart, _ fields: inout JSONFields) {
        switch part {
        case .image(let media), .file(let media, _):
            switch media {
            case .base64(let type, let data):
                fields.object("inlineData") { inline in
                    inline.text("mimeType", Self.known(type))
                    inline.text("data", data)
                }
            case .url(let url):
                fields.object("fileData") { file in
                    if let type = Self.type(of: url, part) { file.string("mimeType", type) }
                    file.text("fileUri", url)
                }
            }
        case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult: return
        }
    }

    private static func known(_ type: WireText) -> WireText {
        let name = type.string
        if name == "image/jpg" { return WireText("image/jpeg") }
        return name.isEmpty ? WireText("application/octet-stream") : WireText(name)
    }

    /// What an address says of the file behind it.
    private static func type(of url: WireText, _ part: CanonicalPart) -> String? {
        let path = url.string.prefix { $0 != "?" && $0 != "#" }.lowercased()
        let types = [
            ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
            ".gif": "image/gif", ".heic": "image/heic", ".pdf": "application/pdf", ".mp4": "video/mp4",
            ".mp3": "audio/mp3", ".wav": "audio/wav", ".txt": "text/plain",
        ]
        if let known = types.first(where: { path.hasSuffix($0.key) }) { return known.value }
        if case .image = part { return "image/jpeg" }
        return nil
    }

    // MARK: The model

    /// The model's parts, each signature at the part that it was given for.
    private func writeModel(_ parts: [CanonicalPart], _ items: inout JSONItems) {
        // What Google signs is the first call of an answer.
        var isFirstCall = true
        for (index, part) in parts.enumerated() {
            switch part {
            case .text(let text), .refusal(let text):
                items.object { fields in
                    fields.text("text", text)
                    if let signature = signature(.text, at: index + 1, parts) {
                        fields.text("thoughtSignature", signature)
                    }
                }
            case .thinking(let thinking):
                items.object { fields in
                    fields.text("text", thinking.text)
                    fields.boolean("thought", true)
                    if let signature = signature(.thought, at: index + 1, parts) {
                        fields.text("thoughtSignature", signature)
                    }
                }
            case .redactedThinking(let data): writeAlone(data, at: index, parts, &items)
            case .toolCall(let call):
                let given = signature(.call, at: index - 1, parts)
                let lost = isFirstCall && wantsSignatures ? WireText(GeminiSignature.missing) : nil
                isFirstCall = false
                items.object { write(call, given ?? lost, &$0) }
            case .image, .file: items.object { write(media: part, &$0) }
            case .toolResult: continue
            }
        }
    }

    private func signature(_ place: GeminiSignature.Place, at index: Int, _ parts: [CanonicalPart]) -> WireText? {
        guard parts.indices.contains(index), case .redactedThinking(let data) = parts[index],
            let opened = GeminiSignature.opened(data), opened.place == place
        else { return nil }
        return opened.signature
    }

    /// A signature whose part is not beside it: it has one of its own, without text.
    private func writeAlone(_ data: WireText, at index: Int, _ parts: [CanonicalPart], _ items: inout JSONItems) {
        guard let (place, signature) = GeminiSignature.opened(data) else { return }
        let isTaken =
            switch place {
            case .call: parts.indices.contains(index + 1) && parts[index + 1].isToolCall
            case .text: index > 0 && parts[index - 1].isText
            case .thought: index > 0 && parts[index - 1].isPlainThinking
            }
        guard !isTaken else { return }
        items.object { fields in
            fields.string("text", "")
            if place == .thought { fields.boolean("thought", true) }
            fields.text("thoughtSignature", signature)
        }
    }

    private func write(_ call: CanonicalToolCall, _ signature: WireText?, _ fields: inout JSONFields) {
        fields.object("functionCall") { function in
            if Self.isTold(call.id) { function.string("id", call.id) }
            function.string("name", name(call.name))
            function.raw("args", call.arguments.object)
        }
        if let signature { fields.text("thoughtSignature", signature) }
    }
}

/// Ids of calls that came without one.
enum GeminiCallID {
    static let prefix = "call_gw_"

    static func make() -> String { prefix + AnswerID.random() }

    /// The id of one call in an answer, the same however often the answer is read.
    static func make(answer: String, choice: Int, block: Int) -> String {
        let place = "\(choice)/\(block)"
        let hashes = [ToolNaming.hash(answer + place), ToolNaming.hash(place + answer)]
        return prefix + hashes.map(ToolNaming.hex).joined()
    }
}

extension CanonicalPart {
    var isToolCall: Bool {
        if case .toolCall = self { true } else { false }
    }

    var isPlainThinking: Bool {
        if case .thinking = self { true } else { false }
    }
}
