/// `curl -v`: how the connection came about and the meter of its progress go.
///
/// Requests, status lines, headers, complaints, certificates' names and the body stay.
package struct CurlTrace: Category {
    package let name = "curl"
    private static let steps = Heads([
        "*   Trying ", "* Trying ", "* TLSv", "* ALPN", "*  CAfile", "*   CAfile", "*  CApath", "*   CApath",
        "* successfully set ",
        "* using HTTP/", "* Using HTTP2", "* Connection state changed", "* Copying HTTP/2 data", "* Using Stream ID",
        "* old SSL session", "* [HTTP/2]", "* [HTTP/3]", "* h2 ", "* Mark bundle", "* Cipher selection", "* Host ",
        "* IPv4: ", "* IPv6: ", "* upload completely sent", "* Request completely sent", "* Server auth using",
        "* Connection #", "* Re-using existing", "* Closing connection", "* found bundle", "* Curl_",
        "* WARNING: failed to load",
    ])

    package init() {}

    package func isNamed(by command: ShellCommand) -> Bool { command.runs(anyOf: ["curl"]) }

    package func rewrite(_ text: ToolText, _ command: ShellCommand) -> Rewriting? {
        guard text.looks(1, Self.isTrace),
            text.looksAnywhere({ $0.starts("> ") || $0.starts("< ") }) || isNamed(by: command)
        else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var dropped = 0
        for index in 0..<text.count {
            let line = text.bare(index)
            let isEmptyHeader = line.equals("> ") || line.equals(">") || line.equals("< ") || line.equals("<")
            if isEmptyHeader || Self.isData(line) || Self.isMeter(line)
                || Self.steps.begins(line) && !Alarm.sounds(in: line)
            {
                dropped += 1
            } else {
                out.appendLine(text[index])
            }
        }
        guard dropped >= 5 else { return nil }
        return Rewriting(
            text: out,
            notes: ["left out " + Marker.count(dropped, "line") + " on the connection and its progress"]
        )
    }

    private static func isTrace(_ line: ArraySlice<UInt8>) -> Bool {
        steps.begins(line) || isData(line) || line.starts("* Connected to ")
    }

    /// `{ [5 bytes data]`, `} [512 bytes data]`.
    private static func isData(_ line: ArraySlice<UInt8>) -> Bool {
        (line.starts("{ [") || line.starts("} [")) && line.ends(" bytes data]")
    }

    /// The head of the progress meter and its rows: numbers, units and times without a word.
    private static func isMeter(_ line: ArraySlice<UInt8>) -> Bool {
        if line.starts("  % Total ") || line.trimmedStart.starts("Dload  Upload") { return true }
        guard line.first == .space, line.contains("--:--:--") || line.count(where: { $0 == .colon }) >= 4 else {
            return false
        }
        return line.allSatisfy { $0.isDigit || $0 == .space || ":-.kMGTP".utf8.contains($0) }
    }
}
