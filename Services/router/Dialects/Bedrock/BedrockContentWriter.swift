import JSON

/// Writes turns as messages of Bedrock's dialect.
struct BedrockContentWriter {
    let names: ToolNames
    var lossy: LossyNames

    mutating func write(_ turn: CanonicalTurn, _ message: inout JSONFields) {
        message.string("role", turn.role == .assistant ? "assistant" : "user")
        message.array("content") { content in for part in turn.parts { write(part, &content) } }
    }

    private mutating func write(_ part: CanonicalPart, _ content: inout JSONItems) {
        switch part {
        case .text(let text), .refusal(let text): content.object { $0.text("text", text) }
        case .image(let media): write(image: media, &content)
        case .file(let media, let name): write(file: media, name, &content)
        case .thinking(let thinking):
            content.object { block in
                block.object("reasoningContent") { reasoning in
                    reasoning.object("reasoningText") { text in
                        text.text("text", thinking.text)
                        if let signature = thinking.signature { text.text("signature", signature) }
                    }
                }
            }
        case .redactedThinking(let data):
            content.object { block in
                block.object("reasoningContent") { $0.text("redactedContent", data) }
            }
        case .toolCall(let call):
            content.object { block in
                block.object("toolUse") { use in
                    use.string("toolUseId", call.id)
                    use.string("name", names.upstream(call.name))
                    use.raw("input", call.arguments.object)
                }
            }
        case .toolResult(let result): write(result, &content)
        case .cacheMark(let mark): mark.writePoint(&content)
        }
    }

    private mutating func write(_ result: CanonicalToolResult, _ content: inout JSONItems) {
        let parts = result.parts.filter { $0.isMedia || ($0.isText && !$0.isBlankText) }
        content.object { block in
            block.object("toolResult") { fields in
                fields.string("toolUseId", result.callID)
                fields.array("content") { inner in
                    for part in parts { write(part, &inner) }
                    // A result has to say something.
                    if parts.isEmpty { inner.object { $0.string("text", result.isError ? "Error" : "(no output)") } }
                }
                fields.string("status", result.isError ? "error" : "success")
            }
        }
        result.cacheMark?.writePoint(&content)
    }

    // MARK: Media

    private mutating func write(image media: CanonicalMedia, _ content: inout JSONItems) {
        guard case .base64(let type, let data) = media, let format = Self.imageFormat(type.string) else {
            return writeAddress(media, &content)
        }
        content.object { block in
            block.object("image") { image in
                image.string("format", format)
                image.object("source") { $0.text("bytes", data) }
            }
        }
    }

    private mutating func write(file media: CanonicalMedia, _ name: WireText?, _ content: inout JSONItems) {
        guard case .base64(let type, let data) = media, let format = Self.documentFormat(type.string) else {
            return writeAddress(media, &content)
        }
        content.object { block in
            block.object("document") { document in
                document.string("format", format)
                document.string("name", Self.documentName(name?.string ?? ""))
                document.object("source") { $0.text("bytes", data) }
            }
        }
    }

    /// The dialect fetches nothing but from its own storage; the model at least learns of the address.
    private mutating func writeAddress(_ media: CanonicalMedia, _ content: inout JSONItems) {
        switch media {
        case .url(let url):
            lossy.add("messages[].content[].url")
            content.object { $0.text("text", url) }
        case .base64:
            lossy.add("messages[].content[].type")
            content.object { $0.string("text", "(A file of a type that this model does not take stood here.)") }
        }
    }

    private static func imageFormat(_ type: String) -> String? {
        ["image/png": "png", "image/jpeg": "jpeg", "image/jpg": "jpeg", "image/gif": "gif", "image/webp": "webp"][type]
    }

    private static func documentFormat(_ type: String) -> String? {
        [
            "application/pdf": "pdf", "text/csv": "csv", "text/html": "html", "text/plain": "txt",
            "text/markdown": "md", "application/msword": "doc", "application/vnd.ms-excel": "xls",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
        ][type]
    }

    /// Letters, digits, spaces, hyphens and brackets, no two spaces in a row.
    private static func documentName(_ name: String) -> String {
        let kept = name.unicodeScalars.map { scalar -> Character in
            let isTaken = scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
            return isTaken || "-()[]".unicodeScalars.contains(scalar) ? Character(scalar) : " "
        }
        let words = String(kept).split(separator: " ").joined(separator: " ")
        return words.isEmpty ? "document" : String(words.prefix(200))
    }
}
