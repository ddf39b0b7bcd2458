package import Contracts
package import JSON

/// What the savers make of a tool's output, for people and for programs.
package struct SaverTrial: Sendable {
    private let text: String
    private let reply: CompressReply
    private let replacements: [Replacement]

    package init(text: String, reply: CompressReply) {
        self.text = text
        self.reply = reply
        replacements = reply.replacements.filter { $0.segment == 0 }
    }

    /// The text that is sent: of several replacements, each of what the one before left, the last.
    package var result: String { replacements.last?.text ?? text }

    package func table() -> String {
        guard let first = replacements.first, let last = replacements.last else {
            return "Nothing changes: no rule makes these \(text.utf8.count) bytes smaller."
        }
        var table = Table([
            .init("saver"), .init("rule"), .init("tokens before", .right), .init("after", .right),
            .init("saved", .right),
        ])
        for replacement in replacements {
            table.add([
                replacement.saver, replacement.rule, String(replacement.tokensBefore), String(replacement.tokensAfter),
                Self.share(replacement.tokensBefore, replacement.tokensAfter),
            ])
        }
        let saved =
            "\(first.tokensBefore) tokens become \(last.tokensAfter), \(text.utf8.count) bytes "
            + "\(last.text.utf8.count); --print writes the text."
        return table.text + "\n" + saved
    }

    package static func share(_ before: Int, _ after: Int) -> String {
        guard before > 0 else { return "–" }
        let (saved, overflow) = (before - after).multipliedReportingOverflow(by: 100)
        return overflow ? "–" : "\(saved / before) %"
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { fields in
            fields.string("epoch", reply.epoch)
            fields.integer("bytes_before", text.utf8.count)
            fields.integer("bytes_after", result.utf8.count)
            fields.integer("tokens_before", replacements.first?.tokensBefore)
            fields.integer("tokens_after", replacements.last?.tokensAfter)
            fields.array("replacements") { items in
                for replacement in replacements {
                    items.object { fields in
                        fields.string("saver", replacement.saver)
                        fields.string("rule", replacement.rule)
                        fields.integer("tokens_before", replacement.tokensBefore)
                        fields.integer("tokens_after", replacement.tokensAfter)
                    }
                }
            }
            fields.string("text", result)
        }
    }
}
