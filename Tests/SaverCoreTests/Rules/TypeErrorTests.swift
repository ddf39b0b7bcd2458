import SaverCore
import Testing

/// What TypeScript's compiler reports: every place and all words stay.
@Suite("TypeScript's errors")
struct TypeErrorTests {
    private static let words = [
        ["error TS2345: Argument of type 'string' is not assignable to parameter of type 'number'."],
        ["error TS7006: Parameter 'row' implicitly has an 'any' type."],
        [
            "error TS2322: Type 'Order | undefined' is not assignable to type 'Order'.",
            "  Type 'undefined' is not assignable to type 'Order'.",
        ],
        [
            "error TS2322: Type 'Order | undefined' is not assignable to type 'Order'.",
            "  Property 'id' is missing in type 'Order'.",
        ],
    ]

    @Test("errors in the same words are grouped, their places stay as they were written")
    func plain() throws {
        let lines = (1...12).flatMap { number in
            let words = Self.words[number % 2]
            return ["src/shop/cart.ts(\(number),7): \(words[0])"]
        }
        let saving = try #require(shrunk((lines + ["", "Found 12 errors in 1 file."]).joined(separator: "\n")))
        #expect(saving.rule == "tsc")
        let others = { (start: Int) in
            "  also "
                + stride(from: start, through: 12, by: 2).map { "src/shop/cart.ts(\($0),7)" }.joined(separator: ", ")
        }
        #expect(
            saving.lines == [
                lines[0], others(3), lines[1], others(4), "Found 12 errors in 1 file.",
                "[keirouter: errors in the same words grouped, left out 10 repeated messages]",
            ]
        )
    }

    @Test("the pretty form: marks go, the source of an error that stands alone stays")
    func pretty() throws {
        let lines = (1...9).flatMap { number in
            [
                "src/a.ts:\(number * 3):5 - error TS7006: Parameter 'row' implicitly has an 'any' type.", "",
                "\(number * 3)   function take(row, value_\(number)) {", "              ~~~", "",
            ]
        }
        let alone = [
            "src/b.ts:4:9 - error TS2741: Property 'id' is missing in type '{}' but required in type 'Order'.", "",
            "4   const order: Order = {};", "          ~~~~~", "", "  src/types.ts:2:3", "    2   id: number;",
            "        ~~",
            "    'id' is declared here.", "",
        ]
        let end = ["", "Found 10 errors in 2 files.", "", "Errors  Files", "     9  src/a.ts:3", "     1  src/b.ts:4"]
        let saving = try #require(shrunk((lines + alone + end).joined(separator: "\n"), command: "npx tsc --pretty"))
        #expect(saving.rule == "tsc")
        let text = saving.string
        for number in 1...9 { #expect(text.contains("src/a.ts:\(number * 3):5")) }
        for line in alone + end where !line.isEmpty && !line.contains("~~") {
            #expect(saving.lines.contains(line), "\(line)")
        }
        #expect(!text.contains("~~") && saving.lines.contains("3   function take(row, value_1) {"))
        #expect(text.contains("left out 8 repeated messages, 11 pointer lines, 8 source lines of repeated messages"))
    }

    @Test("other words, other errors, and text that is none of the compiler's stay", arguments: 0..<40)
    func everything(_ seed: Int) throws {
        var random = SeededGenerator(seed: seed)
        var lines: [String] = []
        var facts: [String] = []
        for number in 0..<Int.random(in: 20...80, using: &random) {
            if Int.random(in: 0..<12, using: &random) == 0 {
                lines.append("npm run step \(number): exit code 2")
                facts.append(lines[lines.count - 1])
                continue
            }
            let words = Self.words[Int.random(in: 0..<Self.words.count, using: &random)]
            let place =
                "src/part\(Int.random(in: 0..<4, using: &random))/File (\(number % 3)).tsx(\(number + 1),\(number % 9))"
            lines.append("\(place): \(words[0])")
            lines += words.dropFirst()
            facts += [place, words[0]] + words.dropFirst()
        }
        facts.append("Found \(lines.count) errors in 4 files.")
        lines.append(facts[facts.count - 1])
        let text = lines.joined(separator: "\n")
        for command in ["tsc --noEmit", "npm run typecheck", nil] {
            guard let saving = shrunk(text, command: command) else { continue }
            #expect(saving.rule == "tsc")
            for fact in facts { #expect(saving.string.contains(fact), "\(fact)") }
            #expect(shrunk(saving.string, command: command) == nil)
        }
        #expect(shrunk(text, command: "tsc") != nil)
    }

    @Test("places that are none, and words about such errors, are no report")
    func lookalikes() {
        let lines = (1...60).map {
            "We saw error TS2345: in file \($0), see cart.ts(\($0)): error TS: and (1,2): error of ours"
        }
        #expect(shrunk(lines.joined(separator: "\n"), command: "tsc") == nil)
    }
}
