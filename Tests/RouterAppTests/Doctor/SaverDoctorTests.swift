import Contracts
import Testing

@testable import RouterApp

@Suite("What the doctor says of savers")
struct SaverDoctorTests {
    private static func loss(_ key: String, _ cause: String, _ tokens: Int, _ nano: Int) -> SavingItem {
        SavingItem(
            id: "\(key)/prompt-cache/\(cause)/cache_lost",
            keyID: key,
            saver: "prompt-cache",
            rule: cause,
            priceClass: "cache_lost",
            requests: 3,
            tokensAfter: tokens,
            savedNanoUSD: -nano
        )
    }

    @Test("each key that lost its cache has a line, the dearest first, with the causes and what to do")
    func losses() {
        #expect(SaverDoctor.losses([], names: [:]).map(\.level) == [.ok])
        let rows = [
            Self.loss("k1", "date", 5000, 1_000_000), Self.loss("k2", "client", 9000, 20_000_000),
            Self.loss("k2", "tools", 90_000, 300_000_000),
        ]
        let findings = SaverDoctor.losses(rows, names: ["k2": "ci"])
        #expect(findings.map(\.check) == ["prompt cache of ci", "prompt cache of k1"])
        #expect(findings[0].message.contains("$0.32 in 7 days by tools 3 times (90000 tokens), client 3 times"))
        #expect(findings[0].advice?.contains("list of tools") == true && findings[0].level == .warn)
        #expect(findings[1].advice?.contains("time") == true)
        // Six requests of one key, three of the other: the sum by all of them, not by those of the dearest cause.
        #expect(findings[0].message.hasSuffix("client 3 times (9000 tokens): $0.0533 a request that lost it"))
        #expect(findings[1].message.hasSuffix("date 3 times (5000 tokens): $0.000333 a request that lost it"))
    }

    @Test("instructions are told only when even the best end of the range is a loss")
    func trials() {
        var trial = TrialItem(id: "caveman full", sinceUS: 0, overheadNanoUSD: 100)
        #expect(SaverDoctor.trials([trial]).isEmpty)
        trial.savedNanoHigh = 101
        #expect(SaverDoctor.trials([trial]).isEmpty)
        trial.savedNanoHigh = 99
        #expect(SaverDoctor.trials([trial]).map(\.check) == ["instructions caveman full"])
    }

    @Test("servers beside are told as they are", arguments: ["ready", "degraded", "not_ready", "away"])
    func probes(state: String) {
        let finding = SaverDoctor.probe(ProbeItem(id: "http://h:1", state: state, detail: "kompress"))
        #expect((finding.level == .ok) == ["ready", "degraded"].contains(state))
        #expect(finding.message.contains("kompress") != (state == "ready"))
    }

    @Test("the report tells net figures, losses apart, and a verdict by the range")
    func report() {
        var trial = TrialItem(id: "caveman full", sinceUS: 0, treated: 90, heldOut: 30, overheadNanoUSD: 50)
        (trial.savedShare, trial.savedLow, trial.savedHigh) = (0.25, 0.1, 0.4)
        (trial.savedNanoUSD, trial.savedNanoLow, trial.savedNanoHigh) = (100, 60, 200)
        let saved = SavingItem(
            id: "rtk/git-diff/input",
            saver: "rtk",
            rule: "git-diff",
            priceClass: "input",
            requests: 2,
            tokensBefore: 900,
            tokensAfter: 300,
            savedNanoUSD: 1_800_000
        )
        let text = SaverReport(savings: [saved, Self.loss("", "date", 500, 9)], trials: [trial], days: 30).text()
        #expect(text.contains("600 tokens, $0.0018 in 30 days"))
        #expect(text.contains("25.0 %") && text.contains("10.0 % to 40.0 %") && text.contains("saves money"))
        #expect(text.contains("PROMPT CACHE LOST BY"))
        trial.savedNanoHigh = 49
        #expect(SaverReport.verdict(trial).contains("switch it off"))
        #expect(SaverReport(savings: [], trials: [], days: 3).text().contains("Nothing was saved in 3 days"))
    }
}
