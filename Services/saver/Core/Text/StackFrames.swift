/// The frames of stack traces: those inside a language's own runtime go, where the trace has frames of somebody's code.
///
/// Nobody changes the runtime, so its frames say nothing about what to change; the message, every frame outside it and
/// the place of the fault stay.
enum StackFrames {
    /// What the frame of a runtime, or of the runner that called a test, holds.
    private static let runtimes = LiteralSet([
        "(node:", "at node:", "(internal/", "/rustc/", "java.base/", "jdk.internal.", "sun.reflect.",
        "java.lang.reflect.",
        "java.lang.Thread.run", "java.util.concurrent.", "org.junit.", "junit.framework.", "<frozen ",
        "/usr/local/go/src/", "/usr/lib/go", "/lib/python3", "/node_modules/jest", "/node_modules/vitest/",
        "/node_modules/mocha/", "/node_modules/@vitest/", "/node_modules/@jest/", "/_pytest/", "/pluggy/",
        "libsystem_", "libdispatch.dylib", "at System.Private.CoreLib", "Microsoft.VisualStudio.TestPlatform",
    ])

    static func folded(_ text: ToolText, _ omissions: inout Omissions) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var dropped = 0
        var index = 0
        while index < text.count {
            let trace = frames(text, from: index)
            guard let last = trace.last else {
                out.appendLine(text[index])
                index += 1
                continue
            }
            let foreign = trace.map { isRuntime(text, $0) }
            for (frame, isForeign) in zip(trace, foreign) {
                guard isForeign, foreign.contains(false) else {
                    for line in frame { out.appendLine(text[line]) }
                    continue
                }
                dropped += 1
                // What follows the frames belongs to the error, and is closed by its own bracket.
                if text.bare(frame.upperBound - 1).ends(" {") { out.append("{\n") }
            }
            index = last.upperBound
        }
        omissions.add(dropped, "frame of the runtime", "frames of the runtime")
        return out
    }

    /// The frames that follow each other from here on, as ranges of lines.
    private static func frames(_ text: ToolText, from start: Int) -> [Range<Int>] {
        var frames: [Range<Int>] = []
        var index = start
        while index < text.count {
            let length = frameLength(text, index)
            guard length > 0 else { break }
            frames.append(index..<(index + length))
            index += length
        }
        return frames
    }

    private static func isRuntime(_ text: ToolText, _ frame: Range<Int>) -> Bool {
        frame.contains { runtimes.isIn(text[$0]) }
    }

    /// How many lines the frame that begins here has; 0 when none does.
    static func frameLength(_ text: ToolText, _ index: Int) -> Int {
        let line = text.bare(index)
        let bare = line.trimmedStart
        guard let first = bare.first else { return 0 }
        if first == UInt8(ascii: "a"), bare.count < line.count, isCallFrame(bare) { return 1 }
        guard index + 1 < text.count else { return 0 }
        let next = text.bare(index + 1)
        let place = next.trimmedStart
        // Rust: a number and a symbol, below it the place.
        if first.isDigit, bare.dropFirst(bare.leadingDigits).starts(": ") {
            return place.starts("at ") && place.count < next.count ? 2 : 0
        }
        // Python: the place, below it the line, and below that marks under the part of it that failed.
        if bare.starts("File \""), bare.count < line.count, bare.contains("\", line ") {
            return pythonLength(text, index, indent: line.count - bare.count)
        }
        // Go: a call, below it the place.
        if next.first == .tab, place.first == .slash, place.contains(".go:"), bare.last == UInt8(ascii: ")") {
            return 2
        }
        return 0
    }

    private static func pythonLength(_ text: ToolText, _ index: Int, indent: Int) -> Int {
        var length = 1
        while length < 3, index + length < text.count {
            let line = text.bare(index + length)
            let bare = line.trimmedStart
            guard line.count - bare.count > indent, !bare.starts("File \"") else { break }
            if length == 2, !bare.allSatisfy({ $0 == UInt8(ascii: "^") || $0 == UInt8(ascii: "~") || $0.isBlank }) {
                break
            }
            length += 1
        }
        return length
    }

    /// `at name (place:12)`, `at place:12:3`, `at Name() in file:line 12`.
    private static func isCallFrame(_ bare: ArraySlice<UInt8>) -> Bool {
        guard bare.starts("at "), bare.count > 5 else { return false }
        let end = bare.ends(" {") ? bare.dropLast(2) : bare
        guard let last = end.last else { return false }
        if last == UInt8(ascii: ")") { return end.contains("(") }
        return last.isDigit && (end.contains(":") || end.contains(" line "))
    }
}
