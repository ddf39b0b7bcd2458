import MeterCore
import Testing

@Suite("What instructions are worth")
struct TrialOutcomeTests {
    /// Conversations of 1 to 9 answers, each answer around a length that varies from conversation to conversation.
    private static func arm(_ count: Int, mean: Double, _ seeded: inout Seeded) -> TrialSum {
        var sum = TrialSum()
        for _ in 0..<count {
            let answers = Double(Int.random(in: 1...9, using: &seeded))
            let output = answers * mean * Double.random(in: 0.4...1.6, using: &seeded)
            sum.conversations += 1
            sum.answers += answers
            sum.output += output
            sum.answersSquared += answers * answers
            sum.outputSquared += output * output
            sum.product += answers * output
        }
        return sum
    }

    @Test("the range holds the truth about as often as it says")
    func coverage() throws {
        var seeded = Seeded(7)
        var held = 0
        for _ in 0..<400 {
            let treated = Self.arm(600, mean: 300, &seeded)
            let outcome = try #require(TrialOutcome(treated: treated, heldOut: Self.arm(60, mean: 400, &seeded)))
            #expect(outcome.low < outcome.share && outcome.share < outcome.high && outcome.high < 1)
            if outcome.low <= 0.25, outcome.high >= 0.25 { held += 1 }
        }
        #expect((364...396).contains(held), "\(held) of 400, 380 expected")
    }

    @Test("without enough conversations on both sides nothing is said")
    func tooFew() {
        var seeded = Seeded(8)
        let many = Self.arm(500, mean: 300, &seeded)
        #expect(TrialOutcome(treated: many, heldOut: Self.arm(19, mean: 300, &seeded)) == nil)
        #expect(TrialOutcome(treated: Self.arm(19, mean: 300, &seeded), heldOut: many) == nil)
        #expect(TrialOutcome(treated: many, heldOut: Self.arm(20, mean: 300, &seeded)) != nil)
        #expect(TrialOutcome(treated: TrialSum(conversations: 30), heldOut: many) == nil)
    }

    @Test("equal arms without any spread have a range without width, and longer answers are a loss")
    func exact() throws {
        func arm(_ output: Double) -> TrialSum {
            let (answers, all) = (50.0, 50 * output)
            return TrialSum(
                conversations: 50,
                answers: answers,
                output: all,
                answersSquared: 50,
                outputSquared: 50 * output * output,
                product: 50 * output
            )
        }
        let longer = try #require(TrialOutcome(treated: arm(300), heldOut: arm(200)))
        #expect(abs(longer.share + 0.5) < 1e-9 && abs(longer.low - longer.high) < 1e-6)
        #expect(TrialOutcome.worth(longer.share, ofTreated: 300) == -100)
        #expect(TrialOutcome.worth(0.25, ofTreated: 300) == 100 && TrialOutcome.worth(1, ofTreated: 0) == 0)
    }
}
