import Foundation
import JSON
import Testing

/// One case of the public parsing test-suite, from `Fixtures/suite.txt`.
struct SuiteCase: Sendable, CustomTestStringConvertible {
    let letter: Character
    let isAccepted: Bool
    let name: String
    let bytes: [UInt8]

    var testDescription: String { "\(letter)_\(name)" }

    static let all: [SuiteCase] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let text = (try? String(contentsOf: folder.appending(path: "Fixtures/suite.txt"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { SuiteCase(line: $0) }
    }()

    init?(line: Substring) {
        let parts = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, let letter = parts[0].first else { return nil }
        self.letter = letter
        isAccepted = parts[1] == "accept"
        name = String(parts[2])
        bytes = Self.bytes(parts[3])
    }

    /// `%XX` is a byte, `@3*[]` opens and closes three times, `@3*[` only opens.
    private static func bytes(_ text: Substring) -> [UInt8] {
        if text.hasPrefix("@"), let star = text.firstIndex(of: "*"), let count = Int(text[..<star].dropFirst()) {
            let unit = text[text.index(after: star)...]
            guard unit == "[]" else { return Array(String(repeating: String(unit), count: count).utf8) }
            return [UInt8](repeating: 0x5B, count: count) + [UInt8](repeating: 0x5D, count: count)
        }
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%") {
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return bytes
    }
}

@Suite("The public parsing test-suite")
struct SuiteTests {
    @Test("all cases are there")
    func complete() {
        let counts = Dictionary(grouping: SuiteCase.all, by: \.letter).mapValues(\.count)
        #expect(counts == ["y": 95, "n": 188, "i": 35])
        #expect(Set(SuiteCase.all.map(\.testDescription)).count == 318)
    }

    @Test("a case is accepted or refused as stated", arguments: SuiteCase.all)
    func verdict(_ suiteCase: SuiteCase) {
        let error: JSONError?
        do throws(JSONError) {
            _ = try JSONDocument(suiteCase.bytes)
            error = nil
        } catch let caught {
            error = caught
        }
        #expect((error == nil) == suiteCase.isAccepted, "\(error?.description ?? "accepted")")
    }

    @Test(
        "a refusal names the byte that the grammar does",
        arguments: SuiteCase.all.filter { !$0.isAccepted && $0.bytes.count < 1000 }
    )
    func place(_ suiteCase: SuiteCase) {
        let offset = ReferenceGrammar.offence(in: suiteCase.bytes)
        let error = #expect(throws: JSONError.self) { try JSONDocument(suiteCase.bytes) }
        #expect(error?.offset == offset)
    }
}
