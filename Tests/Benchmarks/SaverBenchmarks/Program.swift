import Foundation
import SaverCore
import Tokens

/// How many bytes of each output of the corpus a core works through per second, and over all of them.
///
///     KEIROUTER_BENCHMARKS=1 swift run -c release SaverBenchmarks Tests/SaverCoreTests/Fixtures
@main
enum Program {
    private static let minimumSeconds = 0.2

    static func main() throws {
        guard CommandLine.arguments.count == 2 else {
            print("usage: SaverBenchmarks FOLDER, with KIND/NAME.txt in it")
            return
        }
        let folder = URL(fileURLWithPath: CommandLine.arguments[1])
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".txt") }
        // Rules alone, and with the tokens counted before and after.
        let rules = SaverEngine { $0.count / 4 }
        let whole = SaverEngine { TokenCounter.o200k.count($0) }
        var (bytes, seconds, counted) = (0.0, 0.0, 0.0)
        print("output, MB/s of the rules, MB/s with tokens counted")
        for file in files.sorted() {
            let text = Array(try Data(contentsOf: folder.appendingPathComponent(file)))
            let (one, two) = (time(rules, text), time(whole, text))
            bytes += Double(text.count)
            seconds += one
            counted += two
            print(file, rate(Double(text.count), one), rate(Double(text.count), two))
        }
        print("all", rate(bytes, seconds), rate(bytes, counted))
    }

    /// Seconds for one pass, from as many as take long enough.
    private static func time(_ engine: SaverEngine, _ text: [UInt8]) -> Double {
        let clock = ContinuousClock()
        let begun = clock.now
        var rounds = 0
        var elapsed = 0.0
        repeat {
            _ = engine.shrink(ToolResult(text: text))
            rounds += 1
            let duration = (clock.now - begun).components
            elapsed = Double(duration.seconds) + Double(duration.attoseconds) / 1e18
        } while elapsed < minimumSeconds
        return elapsed / Double(rounds)
    }

    private static func rate(_ bytes: Double, _ seconds: Double) -> Int { Int(bytes / seconds / 1e6) }
}
