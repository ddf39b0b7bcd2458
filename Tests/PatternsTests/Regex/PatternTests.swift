import Patterns
import Testing

@Suite("Patterns")
struct PatternTests {
    /// The first match in a text.
    private func find(
        _ pattern: Pattern,
        _ text: String,
        from start: Int = 0,
        isOpen: Bool = false
    ) throws -> MatchResult {
        var text = text
        let matcher = Matcher()
        return try text.withUTF8 { bytes in
            let checked = CheckedText(valid: bytes)
            return try matcher.find(pattern, in: checked, from: start, to: checked.count, isOpen: isOpen)
        }
    }

    @Test("offsets are bytes of UTF-8")
    func offsets() throws {
        let pattern = try Pattern("b.d", options: [.unicode, .caseless])
        #expect(pattern.isNative)
        #expect(try find(pattern, "🚀 B🙂D!") == .match(5..<11))
        #expect(try find(pattern, "") == .none)
    }

    @Test("assertions see what stands before the start")
    func before() throws {
        let pattern = try Pattern("\\bab")
        #expect(try find(pattern, "xab ab", from: 1) == .match(4..<6))
    }

    @Test("a match that more text could make is partial, one that it cannot change is not")
    func partial() throws {
        let pattern = try Pattern("a[0-9]{2,4}")
        #expect(try find(pattern, "x a1", isOpen: true) == .partial(from: 2))
        #expect(try find(pattern, "x a12", isOpen: true) == .partial(from: 2))
        #expect(try find(pattern, "x a12 ", isOpen: true) == .match(2..<5))
        #expect(try find(pattern, "x a1234", isOpen: true) == .match(2..<7))
        #expect(try find(pattern, "x b1", isOpen: true) == .none)
    }

    @Test(
        "what could run for ever is refused",
        arguments: [
            "a(?R)?b", "(a)(?1)", "(?C1)a", "a(*COMMIT)b", "\\Cx", "(?<n>a)\\g<n>", "(?&n)", "(a)(?-1)", "(?P>n)",
        ]
    )
    func forbidden(source: String) {
        #expect(throws: PatternError.self) { try Pattern(source) }
    }

    @Test(
        "what only looks like it is allowed",
        arguments: ["[(?R)]", "\\(?R", "[]*(?C]x", "a\\Q(?R)\\Eb", "(?:a)(?=b)(?!c)(?i:d)", "(?-i:a)"]
    )
    func allowed(source: String) throws {
        _ = try Pattern(source)
    }

    @Test("what is wrong with a pattern is said, and where")
    func malformed() {
        #expect(throws: PatternError.malformed(offset: 3, problem: "missing closing parenthesis")) {
            try Pattern("(ab")
        }
        #expect(throws: PatternError.tooLong(limit: 8)) {
            try Pattern("123456789", limits: PatternLimits(length: 8))
        }
        let nested = String(repeating: "(", count: 60) + String(repeating: ")", count: 60)
        #expect(throws: PatternError.self) { try Pattern(nested) }
    }

    @Test("an exponential pattern stops by a number of steps", arguments: [PatternOptions(), .unicode])
    func exponential(options: PatternOptions) throws {
        let pattern = try Pattern("(a+)+$", options: options)
        let text = String(repeating: "a", count: 60) + "!"
        #expect(throws: MatchFault.steps) { try find(pattern, text) }
        // The matcher is as good as new afterwards.
        #expect(try find(pattern, "baa") == .match(1..<3))
    }

    @Test("a search over a long text is cut into calls that find the same", arguments: [PatternOptions(), .unicode])
    func cut(options: PatternOptions) throws {
        let pattern = try Pattern("x[a-z]{2}", options: options)
        let filler = String(repeating: "é.", count: 150_000)
        let count = filler.utf8.count
        #expect(try find(pattern, filler + "xab") == .match(count..<count + 3))
        #expect(try find(pattern, filler + "xa", isOpen: true) == .partial(from: count))
        #expect(try find(pattern, filler) == .none)
    }

    @Test("a pattern that looks at all that follows from every place gives up in time")
    func budget() throws {
        let pattern = try Pattern("x[^y\\n]*y")
        var text = String(repeating: "x", count: 1 << 20) + "\n"
        var budget = MatchBudget()
        let start = MatchBudget.threadTime()
        text.withUTF8 { bytes in
            let checked = CheckedText(valid: bytes)
            #expect(throws: MatchFault.time) {
                try Matcher().find(pattern, in: checked, from: 0, to: checked.count, budget: &budget)
            }
        }
        #expect(MatchBudget.threadTime() - start < 500_000_000)
        #expect(budget.work > 1 << 24)
    }

    @Test("what is plain is passed over, byte by byte the same")
    func passing() {
        var generator = SeededGenerator(state: 5)
        for _ in 0..<200 {
            let bytes = (0..<40).map { _ in UInt8.random(in: 0...255, using: &generator) }
            bytes.withUnsafeBufferPointer { buffer in
                let text = CheckedText(valid: buffer)
                for index in 0...bytes.count {
                    let rest = bytes[index...]
                    #expect(text.firstNonASCII(from: index) == rest.firstIndex { $0 >= 0x80 } ?? 40)
                    #expect(text.firstDigitOrColon(from: index) == rest.firstIndex { (0x30...0x3A).contains($0) } ?? 40)
                    #expect(text.first(0x25, from: index) == rest.firstIndex(of: 0x25) ?? 40)
                }
            }
        }
    }

    @Test("text from elsewhere is checked once")
    func checking() {
        let good = Array("né".utf8)
        let bad: [UInt8] = [0x61, 0xC3]
        #expect(good.withUnsafeBufferPointer { CheckedText(checking: $0)?.count } == 3)
        #expect(bad.withUnsafeBufferPointer { CheckedText(checking: $0)?.count } == nil)
        good.withUnsafeBufferPointer { bytes in
            let text = CheckedText(valid: bytes)
            #expect(text.boundary(before: 2) == 1 && text.boundary(after: 2) == 3 && text.boundary(before: 9) == 3)
        }
    }
}
