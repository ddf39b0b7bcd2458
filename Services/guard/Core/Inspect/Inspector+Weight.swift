import Contracts
import Patterns

extension Inspector {
    /// What a tool brings was written by nobody who may give orders, so an order in it is worth more.
    private static let originWeight = 0.15

    static func weighOrigin(_ plan: DetectionPlan, _ bench: Workbench) {
        for index in bench.found.indices where plan.rules[bench.found[index].rule].compiled.detector == .injection {
            bench.found[index].score = min(1, bench.found[index].score + originWeight)
        }
    }

    /// Fewer words are a greeting or an answer to a question.
    private static let fewestWords = 3

    /// Where only some topics are allowed: a text about one of them passes, and any other of more than a few words does not.
    func judgeTopic(
        _ plan: DetectionPlan,
        _ action: GuardAction,
        _ segment: Int,
        _ text: CheckedText,
        _ bench: Workbench,
        _ judgement: inout Judgement
    ) {
        let isAllowed = bench.found.contains { plan.rules[$0.rule].compiled.detector == .topics }
        bench.found.removeAll { plan.rules[$0.rule].compiled.detector == .topics }
        let words = text.bytes.split(maxSplits: Self.fewestWords) { $0 == 0x20 || $0 == 0x0A || $0 == 0x09 }.count
        guard !isAllowed, words >= Self.fewestWords else { return }
        judgement.action = judgement.action.stricter(action)
        judgement.standings.append(("\(Detector.topics.rawValue) off-topic", action))
        judgement.findings.append(
            Finding(
                segment: segment,
                detector: Detector.topics.rawValue,
                entity: "off-topic",
                range: 0..<text.count,
                score: 0.6,
                severity: .medium,
                action: action
            )
        )
    }
}
