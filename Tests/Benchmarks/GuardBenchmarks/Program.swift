import Contracts
import Foundation
import GuardCore
import Patterns

/// How much text the guard looks through in a second of one core, with all detectors: P8.
///
///     KEIROUTER_BENCHMARKS=1 swift run -c release GuardBenchmarks FOLDER
///
/// FOLDER holds source code and logs; each file is a text of its own, up to 256 KB of it.
@main
struct GuardBenchmarks {
    private static let longestFile = 256 * 1024
    private static let most = 64 << 20

    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: GuardBenchmarks FOLDER")
            exit(64)
        }
        let texts = read(CommandLine.arguments[1])
        guard !texts.isEmpty else {
            print("no text in that folder")
            exit(66)
        }
        for direction in [Direction.inbound, .outbound] { measure(texts, direction) }
        try measureTail(texts)
    }

    /// Every detector with its default catalogue, all of them acting.
    private static let policy = PolicyItem(
        scope: "global",
        pii: PIISection(enabled: true, direction: "both", action: .mask),
        injection: InjectionSection(enabled: true, direction: "both", action: .block),
        topics: TopicsSection(enabled: true, direction: "both", action: .warn),
        toxicity: ScoredSection(enabled: true, direction: "both", action: .warn),
        bias: ScoredSection(enabled: true, direction: "outbound", action: .warn)
    )

    private static func inspector(_ direction: Direction) -> Inspector {
        let book = PolicyBook([policy], builder: PlanBuilder(), catalogueVersion: "1")
        let prepared = book.prepared(for: RequestScope(tenant: "default"), direction)
        return Inspector(prepared, tag: { _ in (0, 0) })
    }

    private static func request(_ text: String, _ direction: Direction) -> InspectRequest {
        let segment = InspectSegment(id: 0, role: "user", kind: .text, lastUser: true, text: text)
        return InspectRequest(
            requestID: "b",
            direction: direction,
            scope: RequestScope(tenant: "default"),
            segments: [segment]
        )
    }

    private static func measure(_ texts: [String], _ direction: Direction) {
        let inspector = inspector(direction)
        let bench = Workbench()
        _ = inspector.inspect(request(texts[0], direction), bench)
        let size = texts.reduce(0) { $0 + $1.utf8.count }
        var findings: [String: Int] = [:]
        let time = ContinuousClock().measure {
            for text in texts {
                for finding in inspector.inspect(request(text, direction), bench).findings {
                    findings["\(finding.detector) \(finding.entity)", default: 0] += 1
                }
            }
        }
        let seconds = Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
        let rate = Double(size) / seconds / 1e6
        print("\(direction.rawValue): \(size >> 10) KB in \(texts.count) texts, \(Int(rate)) MB/s")
        for (name, count) in findings.sorted(by: { $0.value > $1.value }) { print("  \(name): \(count)") }
    }

    /// Texts of 16 KB, one by one: the 99th percentile in microseconds.
    private static func measureTail(_ texts: [String]) throws {
        let inspector = inspector(.inbound)
        let bench = Workbench()
        var times: [Int] = []
        for text in texts where text.utf8.count >= 16 * 1024 {
            let part = String(decoding: text.utf8.prefix(16 * 1024), as: UTF8.self)
            let time = ContinuousClock().measure { _ = inspector.inspect(request(part, .inbound), bench) }
            times.append(Int(time.components.attoseconds / 1_000_000_000_000))
        }
        guard !times.isEmpty else { return }
        times.sort()
        print("16 KB: p50 \(times[times.count / 2]) us, p99 \(times[times.count * 99 / 100]) us of \(times.count)")
    }

    private static func read(_ folder: String) -> [String] {
        var texts: [String] = []
        var size = 0
        guard let files = FileManager.default.enumerator(atPath: folder) else { return [] }
        for case let name as String in files where size < most {
            guard let data = FileManager.default.contents(atPath: folder + "/" + name), !data.isEmpty,
                let text = String(data: data.prefix(longestFile), encoding: .utf8)
            else { continue }
            texts.append(text)
            size += text.utf8.count
        }
        return texts
    }
}
