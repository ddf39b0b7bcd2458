import JSON
import TestSupport

/// Looks at streams by their bytes.
enum StreamText {
    /// The frames of a stream, each with its blank line.
    static func frames(_ bytes: [UInt8]) -> [[UInt8]] {
        var frames: [[UInt8]] = []
        var start = 0
        while let end = ByteSearch.first(bytes, "\n\n", from: start) {
            frames.append(Array(bytes[start..<end + 2]))
            start = end + 2
        }
        if start < bytes.count { frames.append(Array(bytes[start...])) }
        return frames
    }

    /// A stream without the frame that reports OpenAI's usage.
    static func withoutUsage(_ bytes: [UInt8]) -> [UInt8] {
        Array(frames(bytes).filter { !ByteSearch.contains($0, #""choices":[],"usage":{"#) }.joined())
    }

    /// The error object of the last event, when it is an error event of the dialect.
    static func error(_ bytes: [UInt8], _ dialect: MockDialect) -> JSONCursor? {
        guard let last = frames(bytes).last else { return nil }
        let text = String(decoding: last, as: UTF8.self)
        let prefix = dialect == .openAI ? "data: " : "event: error\ndata: "
        guard text.hasPrefix(prefix), text.hasSuffix("\n\n") else { return nil }
        let root = (try? JSONDocument(Array(text.dropFirst(prefix.count).utf8)))?.root
        if dialect == .anthropic, root?["type"]?.string != "error" { return nil }
        return root?["error"]
    }

    /// Whether a stream ends as its dialect says that a whole one does.
    static func isWhole(_ bytes: [UInt8], _ dialect: MockDialect) -> Bool {
        guard let last = frames(bytes).last else { return false }
        return ByteSearch.contains(last, dialect == .openAI ? "[DONE]" : "message_stop")
    }
}
