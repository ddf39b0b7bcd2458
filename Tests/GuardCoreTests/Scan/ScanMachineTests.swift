import Contracts
import GuardCore
import Testing

/// What a stream lets go is what masking the whole text gives, wherever it was cut.
@Suite("Scanning a stream")
struct ScanMachineTests {
    static let policy = Search.pii(
        entities: [
            "EMAIL_ADDRESS": "mask", "PHONE_NUMBER": "mask", "CREDIT_CARD": "mask", "IBAN_CODE": "mask",
            "IP_ADDRESS": "mask", "ID_NIK": "mask", "ID_NPWP": "mask", "ID_PASSPORT": "mask",
        ]
    )
    private static let plan = Search.plan(policy, .outbound)

    /// Everything that comes out for pieces of a text.
    static func release(
        _ pieces: [String],
        _ plan: DetectionPlan,
        channel: String = "0/text/0",
        window: Int = 256
    ) -> (text: String, machine: ScanMachine) {
        let bench = Workbench()
        var machine = ScanMachine(plan, window: window, tag: Search.tag)
        var text = ""
        for piece in pieces { text += machine.push(ScanChunk(channel: channel, text: piece), bench).release }
        for release in machine.finish(bench) { text += release.release }
        return (text, machine)
    }

    /// The text in pieces, cut at these scalars.
    static func pieces(_ text: String, _ generator: inout SeededGenerator, longest: Int) -> [String] {
        var pieces: [String] = []
        var rest = Array(text.unicodeScalars)[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...longest, using: &generator)
            pieces.append(String(String.UnicodeScalarView(rest.prefix(count))))
            rest = rest.dropFirst(count)
        }
        return pieces
    }

    static func scalars(_ text: String) -> [String] {
        text.unicodeScalars.map { String($0) }
    }

    @Test("one scalar at a time and in random pieces: every line of the corpus")
    func corpus() throws {
        var generator = SeededGenerator(state: 1)
        for line in try CorpusLine.load("pii.jsonl") {
            let expected = Search.masked(line.text, Self.policy)
            #expect(Self.release(Self.scalars(line.text), Self.plan).text == expected, "\(line.text)")
            for longest in [3, 20] {
                let pieces = Self.pieces(line.text, &generator, longest: longest)
                #expect(Self.release(pieces, Self.plan).text == expected, "\(pieces)")
            }
        }
    }

    @Test("the corpus as one long text, in random pieces")
    func longText() throws {
        var generator = SeededGenerator(state: 2)
        let lines = try CorpusLine.load("pii.jsonl").map(\.text)
        for joint in ["\n", ""] {
            let text = lines.joined(separator: joint)
            let expected = Search.masked(text, Self.policy)
            for longest in [4, 30, 700] {
                let pieces = Self.pieces(text, &generator, longest: longest)
                let found = Self.release(pieces, Self.plan).text
                #expect(
                    found == expected,
                    "joint \(joint), pieces up to \(longest): \(Self.difference(found, expected))"
                )
            }
        }
    }

    @Test("secrets, one scalar at a time and in random pieces")
    func secrets() {
        var generator = SeededGenerator(state: 7)
        let entities = ["API_KEY", "CLOUD_CREDENTIAL", "CONNECTION_STRING", "MAC_ADDRESS", "CRYPTO"]
        let policy = Search.pii(entities: Dictionary(uniqueKeysWithValues: entities.map { ($0, "mask") }))
        let plan = Search.plan(policy, .outbound)
        for entry in Catalogue.builtin.entries where entities.contains(entry.entity) {
            for text in entry.hits.map({ "a \($0)\nb" }) {
                let expected = Search.masked(text, policy)
                #expect(expected != text)
                #expect(Self.release(Self.scalars(text), plan).text == expected, "\(text)")
                let pieces = Self.pieces(text, &generator, longest: 9)
                #expect(Self.release(pieces, plan).text == expected, "\(pieces)")
            }
        }
    }

    /// The first place where two texts differ.
    private static func difference(_ one: String, _ other: String) -> String {
        let (first, second) = (Array(one.utf8), Array(other.utf8))
        let index = zip(first, second).prefix { $0 == $1 }.count
        let range = max(0, index - 60)..<(index + 60)
        return "\(String(decoding: first[range.clamped(to: first.indices)], as: UTF8.self)) | "
            + String(decoding: second[range.clamped(to: second.indices)], as: UTF8.self)
    }

    @Test("random characters that look like data")
    func random() {
        var generator = SeededGenerator(state: 3)
        let units = [
            "a", "B", "9", "41", ".", "@", "-", " ", ":", "::", "+", "(", ")", "é", "\n", "x.com", "0812", "DE", "fe80",
        ]
        for _ in 0..<200 {
            let text = (0..<60).map { _ in units.randomElement(using: &generator) ?? "" }.joined()
            let expected = Search.masked(text, Self.policy)
            #expect(Self.release(Self.scalars(text), Self.plan).text == expected, "\(text)")
            let pieces = Self.pieces(text, &generator, longest: 7)
            #expect(Self.release(pieces, Self.plan).text == expected, "\(pieces)")
        }
    }

    @Test("text that cannot become a match goes on at once")
    func promptness() {
        let bench = Workbench()
        var machine = ScanMachine(Self.plan, window: 256, tag: Search.tag)
        func push(_ text: String) -> String { machine.push(ScanChunk(channel: "c", text: text), bench).release }
        #expect(push("Plain words go ") == "Plain words go ")
        #expect(push("on, ") == "on, ")
        #expect(push("the last one") == "the last ")
        #expect(push(" waits.\n") == "one waits.\n")
        #expect(push("") == "")
        #expect(push("half") == "")
        #expect(push("") == "half")
    }

    @Test("a block lets go nothing of its match and nothing behind it", arguments: [1, 5, 100])
    func block(longest: Int) {
        var generator = SeededGenerator(state: 4)
        let policy = Search.pii(entities: ["CREDIT_CARD": "block", "EMAIL_ADDRESS": "mask"])
        let text = "Mail j.doe@example.com, card 4012 8888 8888 1881, mail a@example.com."
        let pieces = Self.pieces(text, &generator, longest: longest)
        let (released, machine) = Self.release(pieces, Search.plan(policy, .outbound))
        #expect(released == "Mail <EMAIL_ADDRESS>, card ")
        #expect(machine.isBlocked && machine.action == .block && machine.reason == "pii CREDIT_CARD")
    }

    @Test("what is only noted holds nothing back")
    func logOnly() {
        let bench = Workbench()
        let plan = Search.plan(Search.pii(action: .logOnly), .outbound)
        var machine = ScanMachine(plan, window: 256, tag: Search.tag)
        for piece in ["j.d", "oe@exa", "mple.com "] {
            #expect(machine.push(ScanChunk(channel: "c", text: piece), bench).release == piece)
        }
        #expect(machine.finish(bench).isEmpty)
        #expect(machine.findings.map(\.entity) == ["EMAIL_ADDRESS"] && machine.findings[0].range == 0..<17)
        #expect(machine.action == .logOnly)
    }

    @Test("what is only noted is told while the stream goes on, and once", arguments: [1, 16, 4000])
    func logOnlyIsTold(longest: Int) {
        let plan = Search.plan(Search.pii(action: .logOnly), .outbound)
        let bench = Workbench()
        var machine = ScanMachine(plan, window: 256, tag: Search.tag)
        let text = "mail j.doe@example.com now " + String(repeating: "word ", count: 300)
        var generator = SeededGenerator(state: 5)
        for piece in Self.pieces(text, &generator, longest: longest) {
            _ = machine.push(ScanChunk(channel: "0/text/0", text: piece), bench)
        }
        #expect(machine.findings.map(\.range) == [5..<22])
        _ = machine.finish(bench)
        #expect(machine.findings.map(\.range) == [5..<22])
    }

    @Test("a match longer than the window is replaced from its start", arguments: [1, 7, 64])
    func longerThanWindow(longest: Int) {
        var generator = SeededGenerator(state: 5)
        let plan = Search.plan(Search.pii(entities: ["URL": "mask"]), .outbound)
        let url = "https://example.com/" + String(repeating: "abcd/", count: 200)
        let text = "see \(url) and go on with mail a@example.com"
        let pieces = Self.pieces(text, &generator, longest: longest)
        #expect(Self.release(pieces, plan).text == "see <URL> and go on with mail a@example.com")
    }

    @Test("a custom pattern that may go on for ever holds back a window and no more")
    func endless() {
        let item = PolicyItem(
            scope: "global",
            custom: [CustomPattern(name: "key", pattern: "BEGIN.*END", action: .mask)]
        )
        let plan = Search.plan(item, .outbound)
        let body = String(repeating: "x", count: 400)
        #expect(Self.release(Self.scalars("a BEGIN\(body)END b"), plan).text == "a <key> b")
        // What turns out to be none is gone as far as it was swallowed; the rest goes on.
        let text = Self.release(Self.scalars("a BEGIN\(body)\nplain"), plan).text
        #expect(text.hasPrefix("a <key>") && text.hasSuffix("\nplain"))
        let blocking = PolicyItem(
            scope: "global",
            custom: [CustomPattern(name: "key", pattern: "BEGIN.*END", action: .block)]
        )
        #expect(Self.release(Self.scalars("a BEGIN\(body)"), Search.plan(blocking, .outbound)).text == "a ")
    }

    @Test("channels do not know of each other")
    func channels() {
        let bench = Workbench()
        var machine = ScanMachine(Self.plan, window: 256, tag: Search.tag)
        var texts = ["0/text/0": "", "1/text/0": ""]
        for (first, second) in [("j.doe@", "a"), ("example", "@"), (".com ", "example.com")] {
            texts["0/text/0"]? += machine.push(ScanChunk(channel: "0/text/0", text: first), bench).release
            texts["1/text/0"]? += machine.push(ScanChunk(channel: "1/text/0", text: second), bench).release
        }
        for release in machine.finish(bench) { texts[release.channel]? += release.release }
        #expect(texts == ["0/text/0": "<EMAIL_ADDRESS> ", "1/text/0": "<EMAIL_ADDRESS>"])
    }

    @Test("no policy, no work")
    func nothing() {
        #expect(Self.release(["j.doe@example.com"], .nothing).text == "j.doe@example.com")
    }
}
