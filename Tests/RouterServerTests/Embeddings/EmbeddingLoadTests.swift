import Contracts
import JSON
import TestSupport
import Testing

@Suite("Embeddings under load", .timeLimit(.minutes(2)))
struct EmbeddingLoadTests {
    /// An answer with a vector for each text, each of so many numbers.
    private static func answer(texts: Int, numbers: Int) -> String {
        let vector = (0..<numbers).map { "\(Double($0 % 1000) / 1024)" }.joined(separator: ",")
        let items = (0..<texts).map { #"{"object":"embedding","index":\#($0),"embedding":[\#(vector)]}"# }
        let usage = #"{"prompt_tokens":\#(texts),"total_tokens":\#(texts)}"#
        return #"{"object":"list","data":[\#(items.joined(separator: ","))],"model":"small","usage":\#(usage)}"#
    }

    @Test("200 requests at once each have their own vectors and one row, and leave nothing open")
    func many() async throws {
        try await RunningRouter.run { router in
            // The vector's first number is the text's own.
            router.provider.answer(.embeddings) { request in
                let text = request.json?["input"]?.string ?? ""
                let vector = "\(text)," + Array(repeating: "0.5", count: 3071).joined(separator: ",")
                let usage = #"{"prompt_tokens":3,"total_tokens":3}"#
                return .json(#"{"object":"list","data":[{"index":0,"embedding":[\#(vector)]}],"usage":\#(usage)}"#)
            }
            let responses = try await withThrowingTaskGroup(of: (Int, RawResponse).self) { group in
                for number in 1...200 {
                    group.addTask {
                        let body = #"{"model":"mock/small","input":"\#(number)"}"#
                        return (number, try await router.send(router.embeddings(body)))
                    }
                }
                return try await group.reduce(into: [(Int, RawResponse)]()) { $0.append($1) }
            }
            #expect(responses.count == 200)
            for (number, response) in responses {
                let vector = try JSONDocument(response.body).root["data"]?[0]?["embedding"]
                #expect(response.status == 200 && vector?.count == 3072 && vector?[0]?.integer == number)
            }
            try await Poll.until("200 rows") { router.meter.settled.count == 200 }
            #expect(router.meter.settled.allSatisfy { $0.outcome == .ok && $0.attempts.count == 1 })
            #expect(Set(router.meter.settled.map(\.requestID)).count == 200)
        }
    }

    @Test("a client that does not read holds up nobody, and has all of it when it does")
    func slowReader() async throws {
        try await RunningRouter.run { router in
            // Some 16 MB: more than any socket holds.
            let whole = Self.answer(texts: 1000, numbers: 2000)
            #expect(whole.utf8.count > 12 << 20)
            let quick = Self.answer(texts: 1, numbers: 3)
            router.provider.answer(.embeddings) { .json($0.model == "small" ? whole : quick) }
            let slow = try await RawExchange.connect(port: router.port)
            try await slow.read(false)
            slow.send(router.embeddings(#"{"model":"mock/small","input":["a"]}"#))
            try await Poll.until("the provider has answered") { router.provider.exchanges.first?.isOver ?? false }
            for _ in 0..<20 {
                let other = try await router.send(router.embeddings(#"{"model":"mock/other","input":"b"}"#))
                #expect(other.status == 200 && other.text == quick)
            }
            #expect(slow.response.body.isEmpty)
            try await slow.read(true)
            let response = try await slow.end(deadline: .seconds(30))
            #expect(response.status == 200 && response.text == whole)
            await slow.close()
        }
    }
}
