import Dialects
import Foundation
import TestSupport
import Testing

/// What a client gets must not depend on how the network cut the upstream's bytes, nor on how it ends its lines.
@Suite("Answers under every cut and every framing")
struct CutConformanceTests {
    /// The ways to write the same lines of JSON.
    static let lineFramings: [(name: String, write: @Sendable (String) -> String)] = [
        ("as recorded", { $0 }),
        ("CRLF", { $0.replacing("\n", with: "\r\n") }),
        ("empty lines", { "\n" + $0.replacing("\n", with: "\n \n") }),
        ("no last line end", { $0.hasSuffix("\n") ? String($0.dropLast()) : $0 }),
    ]

    /// The ways to write the same events.
    static let framings: [(name: String, write: @Sendable (String) -> String)] = [
        ("as recorded", { $0 }),
        ("CRLF", { $0.replacing("\n", with: "\r\n") }),
        ("CR", { $0.replacing("\n", with: "\r") }),
        ("no space behind the colon", { $0.replacing("data: ", with: "data:").replacing("event: ", with: "event:") }),
        ("comments", { ": first\n\n" + $0.replacing("\n\n", with: "\n\n: keep-alive\n\n") }),
        ("ids and retries", { $0.replacing("data: ", with: "id: 7\nretry: 3\ndata: ") }),
        ("a byte order mark", { "\u{FEFF}" + $0 }),
        (
            "no last line end",
            { text in
                var rest = text[...]
                while rest.last?.isNewline == true { rest.removeLast() }
                return String(rest)
            }
        ),
        (
            "data in several lines",
            { $0.split(separator: "\n", omittingEmptySubsequences: false).map(inLines).joined(separator: "\n") }
        ),
    ]

    /// A data line broken behind every comma between its own members; what arguments say between theirs is passed on.
    private static func inLines(_ line: Substring) -> String {
        guard line.hasPrefix("data: {") else { return String(line) }
        var isInside = false
        var isEscaped = false
        var depth = 0
        return line.reduce(into: "") { out, character in
            out.append(character)
            if isEscaped {
                isEscaped = false
            } else if isInside, character == "\\" {
                isEscaped = true
            } else if character == "\"" {
                isInside.toggle()
            } else if isInside {
                return
            } else if "{[".contains(character) {
                depth += 1
            } else if "}]".contains(character) {
                depth -= 1
            } else if character == ",", depth == 1 {
                out += "\ndata: "
            }
        }
    }

    /// Every list of frames that some cut in two, or bytes one by one, lead to; almost always there is one.
    ///
    /// A splitter has nothing left of a frame that it gave out, so a cut is tried on the frame it falls into, the one
    /// before and the one behind: together that is linear. Cuts that make a difference are tried on the whole.
    private static func outcomes(
        _ bytes: [UInt8],
        _ framing: StreamFraming
    ) throws -> [(cut: Int, frames: [[UInt8]])] {
        let whole = try StreamRun.frames([bytes[...]], framing)
        var outcomes = [(0, whole)]
        let singles = try StreamRun.frames(bytes.indices.map { bytes[$0...$0] }, framing)
        if singles != whole { outcomes.append((1, singles)) }
        guard framing == .events else {
            // Lines and messages become frames of another length, so their own bounds tell where the windows are.
            let units = Self.units(bytes, framing)
            for (place, unit) in units.enumerated() {
                let start = units[max(0, place - 1)].lowerBound
                let end = units[min(units.count - 1, place + 1)].upperBound
                let window = try StreamRun.frames([bytes[start..<end]], framing)
                for cut in unit where cut > start {
                    let frames = try StreamRun.frames([bytes[start..<cut], bytes[cut..<end]], framing)
                    guard frames != window else { continue }
                    outcomes.append((cut, try StreamRun.frames([bytes[..<cut], bytes[cut...]], framing)))
                }
            }
            return outcomes
        }
        // A byte order mark is no part of a frame.
        var start = bytes.count - whole.reduce(0) { $0 + $1.count }
        if !bytes.starts(with: [0xEF, 0xBB, 0xBF]) { start = 0 }
        var before = 0
        for (place, frame) in whole.enumerated() {
            let end = min(bytes.count, start + frame.count)
            let behind = place + 1 < whole.count ? min(bytes.count, end + whole[place + 1].count) : bytes.count
            let window = try StreamRun.frames([bytes[before..<behind]], framing)
            for cut in max(before + 1, start)..<end
            where try StreamRun.frames([bytes[before..<cut], bytes[cut..<behind]], framing) != window {
                outcomes.append((cut, try StreamRun.frames([bytes[..<cut], bytes[cut...]], framing)))
            }
            before = start
            start = end
        }
        return outcomes
    }

    /// Where the lines, or the messages, stand; what is left of one that was broken off is the last.
    private static func units(_ bytes: [UInt8], _ framing: StreamFraming) -> [Range<Int>] {
        var units: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            var end = bytes.count
            if framing == .lines {
                if let feed = bytes[start...].firstIndex(of: 0x0A) { end = feed + 1 }
            } else if start + 4 <= bytes.count {
                // A message begins with its length, of four bytes.
                let length = bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
                end = min(bytes.count, start + max(4, length))
            }
            units.append(start..<end)
            start = end
        }
        return units
    }

    @Test("every cut and every framing gives the same", arguments: Recording.all)
    func cuts(recording: Recording) throws {
        let plain = try StreamRun.frames(recording)
        let pairs = Pair.all.filter {
            $0.recording.name == recording.name && $0.recording.upstream == recording.upstream
        }
        for (name, bytes) in Self.written(recording) {
            let outcomes = try Self.outcomes(bytes, recording.upstream.framing)
            for pair in pairs { try check(pair, plain, name, outcomes) }
        }
    }

    private static func written(_ recording: Recording) -> [(name: String, bytes: [UInt8])] {
        let ways: [(name: String, write: @Sendable (String) -> String)] =
            switch recording.upstream.framing {
            case .events: framings
            case .lines: lineFramings
            // There is one way alone to write messages with check sums.
            case .messages: []
            }
        guard !ways.isEmpty else { return [("as recorded", recording.stream)] }
        let text = String(decoding: recording.stream, as: UTF8.self)
        return ways.map { ($0.name, Array($0.write(text).utf8)) }
    }

    private func check(
        _ pair: Pair,
        _ plain: [[UInt8]],
        _ framing: String,
        _ outcomes: [(cut: Int, frames: [[UInt8]])]
    ) throws {
        let context = try pair.context()
        let (bytes, isWhole) = StreamRun.translate(plain, pair, context)
        let stable = StreamRun.stable(bytes, pair)
        let said = grammar(pair.client).stream(bytes).answer
        for outcome in outcomes {
            let place: Comment = "\(pair), \(framing), cut at \(outcome.cut)"
            let (out, whole) = StreamRun.translate(outcome.frames, pair, context)
            #expect(whole == isWhole, place)
            guard pair.isNative else {
                // Told as a truth: of two long streams that differ every difference would be.
                let isSame = StreamRun.stable(out, pair) == stable
                #expect(isSame, place)
                continue
            }
            // Frames that stay in their dialect keep their comments and line ends.
            let again = grammar(pair.client).stream(out)
            #expect(again.answer == said, place)
            #expect(again.problems.filter { !$0.contains("a line that is no field") } == [], place)
        }
    }
}
