import JSON

/// Reads one part of a content in OpenAI's dialect.
enum OpenAIPartReader {
    /// - Returns: `nil` for a part that no other dialect has; it is named in `lossy`.
    static func read(
        _ part: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalPart? {
        if let text = WireText(part) { return .text(text) }
        guard let type = part.member("type"), type.kind == .string else {
            throw DialectError("\(place()).type", "is required")
        }
        if type.equals("text") || type.equals("input_text") || type.equals("output_text") {
            guard let text = WireText(part.member("text")) else { throw DialectError("\(place()).text", "is required") }
            return .text(text)
        }
        if type.equals("refusal") { return WireText(part.member("refusal")).map { .refusal($0) } }
        if type.equals("image_url") { return try image(part, place(), &lossy) }
        if type.equals("file") { return file(part, &lossy) }
        if type.equals("thinking"), let text = WireText(part.member("thinking")) {
            return .thinking(CanonicalThinking(text: text, signature: WireText(part.member("signature"))))
        }
        if type.equals("input_audio"), let part = audio(part.member("input_audio")) { return part }
        lossy.add(type.equals("input_audio") ? "messages[].content[].input_audio" : "messages[].content[].type")
        return nil
    }

    private static func image(
        _ part: JSONCursor,
        _ place: @autoclosure () -> String,
        _ lossy: inout LossyNames
    ) throws(DialectError) -> CanonicalPart {
        let image = part.member("image_url")
        guard let url = WireText(image) ?? WireText(image?.member("url")), !url.isEmpty else {
            throw DialectError("\(place()).image_url.url", "is required")
        }
        if let detail = image?.member("detail"), detail.kind == .string, !detail.equals("auto") {
            lossy.add("messages[].content[].image_url.detail")
        }
        return .image(media(url))
    }

    /// A recording: a file of a type of sound.
    private static func audio(_ audio: JSONCursor?) -> CanonicalPart? {
        guard let data = WireText(audio?.member("data")), let format = audio?.member("format")?.string else {
            return nil
        }
        return .file(.base64(type: WireText("audio/" + format), data: data), name: nil)
    }

    private static func file(_ part: JSONCursor, _ lossy: inout LossyNames) -> CanonicalPart? {
        guard let file = part.member("file"), let data = WireText(file.member("file_data")) else {
            // A file that was uploaded before, which only its provider has.
            lossy.add("messages[].content[].file.file_id")
            return nil
        }
        let name = WireText(file.member("filename"))
        if data.escaped.starts(with: "data:".utf8) || data.escaped.starts(with: "http".utf8) {
            return .file(media(data), name: name)
        }
        return .file(.base64(type: WireText("application/pdf"), data: data), name: name)
    }

    /// A data URL's type and data, or the URL as it is.
    static func media(_ url: WireText) -> CanonicalMedia {
        let scheme = "data:"
        guard url.escaped.prefix(scheme.utf8.count).elementsEqual(scheme.utf8),
            let comma = url.escaped.prefix(256).firstIndex(of: UInt8(ascii: ","))
        else { return .url(url) }
        let head = url.escaped[(url.escaped.startIndex + scheme.utf8.count)..<comma]
        let fields = head.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard let type = fields.first, let encoding = fields.last, encoding.elementsEqual("base64".utf8) else {
            return .url(url)
        }
        return .base64(type: WireText(escaped: type), data: WireText(escaped: url.escaped[(comma + 1)...]))
    }
}
