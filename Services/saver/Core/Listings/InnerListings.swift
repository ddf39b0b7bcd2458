/// Long listings inside the output of something else, as a step of a build prints them: each is written as a listing is.
enum InnerListings {
    static func folded(_ text: ToolText, _ notes: inout [String]) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var index = 0
        while index < text.count {
            var end = index
            while end < text.count, LongEntry(text.bare(end)) != nil { end += 1 }
            if end > index, let listing = listing(text, index..<end) {
                out.append(contentsOf: listing.text)
                for note in listing.notes where !notes.contains(note) && notes.count < 8 { notes.append(note) }
                index = end
            } else {
                for line in index..<max(end, index + 1) { out.appendLine(text[line]) }
                index = max(end, index + 1)
            }
        }
        return out
    }

    private static func listing(_ text: ToolText, _ lines: Range<Int>) -> Rewriting? {
        let bytes = text.bytes[text.lines[lines.lowerBound].lowerBound..<text.lines[lines.upperBound - 1].upperBound]
        return LongListing().rewrite(ToolText(Array(bytes)), ShellCommand(nil))
    }
}
