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
            case .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: continue
            }
        }
    }

    private func write(_ result: CanonicalToolResult, _ part: inout JSONFields) {
        var text = WireText(joining: result.parts.texts, by: #"\n"#)
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
        case .text, .refusal, .thinking, .redactedThinking, .toolCall, .toolResult, .cacheMark: return
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
        let signatures = GeminiPartSignatures(parts)
        // What Google signs is the first call of an answer.
        var isFirstCall = true
        for (index, part) in parts.enumerated() {
            let signature = signatures.ofPart[index]
            switch part {
            case .text(let text), .refusal(let text): write(text, isThought: false, signature, &items)
            case .thinking(let thinking): write(thinking.text, isThought: true, signature, &items)
            case .redactedThinking:
                guard let alone = signatures.alone[index] else { continue }
                write(WireText(escaped: []), isThought: alone.place == .thought, alone.signature, &items)
            case .toolCall(let call):
                let lost = isFirstCall && wantsSignatures ? WireText(GeminiSignature.missing) : nil
                isFirstCall = false
                items.object { write(call, signature ?? lost, &$0) }
            case .image, .file: items.object { write(media: part, &$0) }
            case .toolResult, .cacheMark: continue
            }
        }
    }

    private func write(_ text: WireText, isThought: Bool, _ signature: WireText?, _ items: inout JSONItems) {
        items.object { fields in
            fields.text("text", text)
            if isThought { fields.boolean("thought", true) }
            if let signature { fields.text("thoughtSignature", signature) }
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
