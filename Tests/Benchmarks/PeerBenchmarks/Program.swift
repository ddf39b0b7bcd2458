import NIOCore
import NIOPosix

/// Measures P10 of the performance table, the internal call and the JSON document; with `scans`, what guards carry.
///
/// Prints one JSON object on standard output; `scripts/bench` makes the table.
@main
struct Program {
    /// Waits on the main thread rather than leaving it to the runtime, whose way of parking it stops valgrind.
    static func main() throws {
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let done = group.next().makePromise(of: Void.self)
        let words = CommandLine.arguments
        done.completeWithTask {
            if words.count == 5, words[1] == "scans", let seconds = Double(words[4]) {
                try await ScanBench.run(endpoint: words[2], folder: words[3], seconds: seconds)
            } else {
                try await measure()
            }
        }
        try done.futureResult.wait()
        try group.syncShutdownGracefully()
    }

    private static func measure() async throws {
        let client = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let server = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let folder = try SocketFolder()
        let echo = EchoBench(client: client, server: server, path: folder.socket("echo"))
        let call = try CallBench(client: client, server: server, path: folder.socket("call"))
        try await echo.start()
        try await call.start()
        var figures = Figures()
        // A solitary call is two wake-ups, whose cost depends on where the threads run: both cases, each pinned.
        try await pin(client, to: 0)
        try await pin(server, to: 1)
        try await compare(echo, call, &figures.echo, &figures.call)
        try await pin(server, to: 0)
        try await compare(echo, call, &figures.echoTogether, &figures.callTogether)
        try await pin(server, to: 1)
        for _ in 0..<5 { figures.pipelined.append(try await call.pipelined(calls: 100_000, atOnce: 64)) }
        for _ in 0..<9 { figures.document.append(try DocumentBench.bytesPerSecond()) }
        await call.stop()
        await echo.stop()
        folder.remove()
        try await client.shutdownGracefully()
        try await server.shutdownGracefully()
        print(figures.json)
    }
}

/// Medians of rounds taken in turns, so that what else the machine does falls on both.
private func compare(
    _ echo: EchoBench,
    _ call: CallBench,
    _ echoes: inout [Double],
    _ calls: inout [Double]
) async throws {
    for _ in 0..<25 {
        echoes.append(median(of: try await echo.roundTrips(1_000)))
        calls.append(median(of: try await call.roundTrips(1_000)))
    }
}

/// What one run measures, round by round.
struct Figures {
    /// Median round trips in nanoseconds, client and server on a processor each.
    var echo: [Double] = []
    var call: [Double] = []
    /// The same with both on one processor.
    var echoTogether: [Double] = []
    var callTogether: [Double] = []
    /// Processor time of a call in nanoseconds, both sides together.
    var pipelined: [Double] = []
    var document: [Double] = []

    var json: String {
        let members = [
            "\"echo_p50_us\":\(rounded(median(of: echo) / 1_000))",
            "\"call_p50_us\":\(rounded(median(of: call) / 1_000))",
            "\"call_over_echo\":\(rounded(ratio(call, echo)))",
            "\"echo_together_p50_us\":\(rounded(median(of: echoTogether) / 1_000))",
            "\"call_together_p50_us\":\(rounded(median(of: callTogether) / 1_000))",
            "\"call_cpu_us\":\(rounded(median(of: pipelined) / 1_000))",
            "\"json_gb_s\":\(rounded(median(of: document) / 1e9))",
        ]
        return "{\(members.joined(separator: ","))}"
    }

    private func ratio(_ calls: [Double], _ echoes: [Double]) -> Double {
        median(of: zip(calls, echoes).map { $0 / $1 })
    }

    private func rounded(_ number: Double) -> Double {
        (number * 100).rounded() / 100
    }
}

func median(of numbers: [Double]) -> Double {
    guard !numbers.isEmpty else { return 0 }
    return numbers.sorted()[numbers.count / 2]
}
