import Contracts
import Foundation
import JSON
import RouterCore
import TestSupport
import Testing

/// Every fault of a first target, for both kinds of answers, under every strategy of a chain.
///
/// `docs/resilience.md` holds the table; `KEIROUTER_RENDER=1` writes it anew, to be read before it is committed.
@Suite("Fault matrix")
struct FaultMatrixTests {
    /// What one request met, and what the next one does.
    private struct Row: Equatable, CustomStringConvertible {
        /// Reasons of the attempts, in order.
        var attempts: [String]
        var status: Int
        var outcome: Outcome
        /// Whether an error event ends the answer.
        var endsInError: Bool
        /// Who answers the next request at once: the reasons of its attempts.
        var next: [String]

        var description: String {
            let end = endsInError ? "\(status), then an error event" : "\(status)"
            return
                "\(attempts.joined(separator: ", ")) | \(end) | \(outcome.rawValue) | \(next.joined(separator: ", "))"
        }
    }

    /// Everything before content that is the provider's doing is never the client's: it gets its answer.
    private static let clientFaults: Set<String> = ["bad_request"]

    @Test("what a fault leads to is the same under every strategy, and as the table says", arguments: [false, true])
    func matrix(stream: Bool) async throws {
        var tables: [Chain.Strategy: [Row]] = [:]
        for strategy in Chain.Strategy.allCases { tables[strategy] = try await rows(strategy, stream: stream) }
        let table = try #require(tables[.priority])
        for (strategy, rows) in tables {
            for (place, fault) in Fault.all.enumerated() {
                #expect(rows[place] == table[place], "\(fault.name) under \(strategy.rawValue)")
            }
        }
        for (fault, row) in zip(Fault.all, table) {
            if row.endsInError { continue }
            let isClientFault = Self.clientFaults.contains(row.attempts.last ?? "")
            #expect(isClientFault || row.status == 200, "\(fault.name): \(row)")
        }
        try compare(table, stream: stream)
    }

    // MARK: One strategy

    private func rows(_ strategy: Chain.Strategy, stream: Bool) async throws -> [Row] {
        var rows: [Row?] = Array(repeating: nil, count: Fault.all.count)
        let declare: (MockProvider) -> String = { Self.declarations(strategy, $0) }
        try await RunningRouter.run("timeouts: { connect: 2s, first_byte: 1s, stall: 1s }", declare: declare) {
            router in
            router.provider.answer(MockMatch { $0.model.hasPrefix("first-") }) { request in
                Fault.all[Int(request.model.dropFirst("first-".count)) ?? 0].reply(request)
            }
            for start in stride(from: 0, to: Fault.all.count, by: 8) {
                let places = start..<min(start + 8, Fault.all.count)
                try await withThrowingTaskGroup(of: (Int, Row).self) { group in
                    for place in places {
                        group.addTask { (place, try await self.row(place, router, stream: stream)) }
                    }
                    for try await (place, row) in group { rows[place] = row }
                }
            }
        }
        return rows.compactMap { $0 }
    }

    private static func declarations(_ strategy: Chain.Strategy, _ provider: MockProvider) -> String {
        var providers: [String] = []
        var accounts: [String] = []
        var chains: [String] = []
        for (place, fault) in Fault.all.enumerated() {
            let url = fault.baseURL?(provider) ?? provider.baseURL
            providers.append("- { id: p\(place), dialect: openai, base_url: \"\(url)\" }")
            providers.append("- { id: q\(place), dialect: openai, base_url: \"\(provider.baseURL)\" }")
            accounts.append("- { provider: p\(place), label: one, api_key: sk-one, priority: 10 }")
            accounts.append("- { provider: p\(place), label: two, api_key: sk-two, priority: 20 }")
            accounts.append("- { provider: q\(place), label: one, api_key: sk-one }")
            let steps = "[p\(place)/first-\(place), q\(place)/second]"
            chains.append("- { name: c\(place), strategy: \(strategy.rawValue), steps: \(steps) }")
        }
        func block(_ name: String, _ lines: [String]) -> String {
            "  \(name):\n" + lines.map { "    \($0)\n" }.joined()
        }
        return block("providers", providers) + block("accounts", accounts) + block("chains", chains)
    }

    private func row(_ place: Int, _ router: RunningRouter, stream: Bool) async throws -> Row {
        let fault = Fault.all[place]
        let body = Sample.body(.openAI, model: "c\(place)", stream: stream)
        let response = try await router.send(router.chat(.openAI, body))
        let record = try await router.record(response)
        let reasons = record.record.attempts.map { $0.reason ?? "ok" }
        if let told = response.header("x-keirouter-attempts").flatMap({ Int($0) }) {
            #expect(told == reasons.count, "\(fault.name)")
        }
        let endsInError = stream && response.status == 200 && !response.text.hasSuffix("data: [DONE]\n\n")
        if endsInError {
            let last = try #require(response.text.split(separator: "\n\n").last)
            let event = try JSONDocument(Array(last.dropFirst("data: ".count).utf8)).root
            #expect(event["error"]?["message"]?.string?.isEmpty == false, "\(fault.name)")
        }
        #expect(router.meter.settled.count { $0.requestID == record.record.requestID } == 1, "\(fault.name)")
        // The first step once more, by its own name: whoever is left alone is passed over.
        let again = try await router.send(
            router.chat(.openAI, Sample.body(.openAI, model: "p\(place)/first-\(place)", stream: stream))
        )
        let next = try await router.record(again).record.attempts.map { $0.reason ?? "ok" }
        return Row(
            attempts: reasons,
            status: response.status,
            outcome: record.outcome,
            endsInError: endsInError,
            next: next.isEmpty ? ["nobody: \(again.status)"] : next
        )
    }

    // MARK: The table

    private func compare(_ rows: [Row], stream: Bool) throws {
        let title = stream ? "streams" : "whole answers"
        let lines = zip(Fault.all, rows).map { "| \($0.name) | \($1) |" }
        let table =
            ([
                "| the first target | its attempts | the client | the ledger | the next request to it |",
                "|---|---|---|---|---|",
            ]
            + lines).joined(separator: "\n")
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../docs/resilience.md"
        ).standardized
        var text = try String(contentsOf: file, encoding: .utf8)
        let (from, to) = ("<!-- \(title) -->\n", "\n<!-- end of \(title) -->")
        let start = try #require(text.range(of: from)?.upperBound)
        let end = try #require(text.range(of: to)?.lowerBound)
        if ProcessInfo.processInfo.environment["KEIROUTER_RENDER"] != nil {
            text.replaceSubrange(start..<end, with: table)
            try text.write(to: file, atomically: true, encoding: .utf8)
        } else {
            let written = text[start..<end].split(separator: "\n").map(String.init)
            for (line, expected) in zip(lines, written.dropFirst(2)) { #expect(line == expected) }
            #expect(written.count == lines.count + 2)
        }
    }
}
