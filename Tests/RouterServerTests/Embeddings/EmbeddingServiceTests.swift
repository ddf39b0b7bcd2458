import Bootstrap
import Contracts
import Foundation
import Logging
import NIOPosix
import PeerRPC
import RouterServer
import TestSupport
import Testing

extension RunningRouter {
    /// Asks for vectors as another service of the gateway does.
    fileprivate func embed(_ request: EmbedRequest, within time: Duration = .seconds(5)) async throws -> EmbedReply {
        let socket = DataFolder(folder.file("data")).socketPath(service: "router")
        let client = RPCClient(
            endpoint: try RPCEndpoint.parse("unix://\(socket)"),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "embed.test") { _ in SwiftLogNoOpLogHandler() }
        )
        let result: Result<EmbedReply, any Error>
        do {
            result = .success(try await client.call(RouterMethods.embed, request, deadline: .now + time))
        } catch {
            result = .failure(error)
        }
        await client.shutdown()
        return try result.get()
    }

    fileprivate func refusal(_ request: EmbedRequest, within time: Duration = .seconds(5)) async -> ServiceError? {
        do {
            _ = try await embed(request, within: time)
            return nil
        } catch {
            return error as? ServiceError
        }
    }
}

@Suite("Vectors for the gateway's own services")
struct EmbeddingServiceTests {
    private static let answer =
        #"{"data":[{"index":1,"embedding":[3,4]},{"index":0,"embedding":[0.5,-1]}],"usage":{"prompt_tokens":6}}"#

    @Test("a router that dies while a provider works for a service leaves a note of what it may cost")
    func noted() async throws {
        try await RunningRouter.run { router in
            let gate = Gate()
            router.provider.answer(.embeddings) { _ in MockReply.json(Self.answer).after(.hold(gate)) }
            async let reply = router.embed(EmbedRequest(model: "quick", texts: ["a", "b"]))
            try await Poll.until("the provider is asked") { router.provider.exchanges.count == 1 }
            // The files as they are now, without the lock of the one that lives.
            let copy = router.folder.file("dead")
            try FileManager.default.copyItem(atPath: router.folder.file("data") + "/spool", toPath: copy)
            let note = try #require(SpoolFolder.adopt(root: copy, except: "none").flatMap(\.records).first)
            #expect(note.keyID == UsageRecord.systemKey && note.outcome == .interrupted && note.attempts.count == 1)
            #expect(note.attempts.first?.provider == "mock" && note.attempts.first?.usage.input ?? 0 > 0)
            gate.open()
            #expect(try await reply.vectors.count == 2)
            let record = try await Poll.value("the record") { router.meter.settled.first }
            #expect(record.requestID == note.requestID && record.outcome == .ok && record.attempts.count == 1)
            #expect(router.meter.settled.count == 1)
        }
    }

    @Test("vectors come in the order of the texts, past guard and meter, and the ledger has them as the system's")
    func vectors() async throws {
        try await RunningRouter.run(policies: .everything) { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in .fault(.serverError, .openAI) }
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            let reply = try await router.embed(EmbedRequest(model: "quick", texts: ["a", ScriptedGuard.address]))
            #expect(reply.vectors == [[0.5, -1], [3, 4]])
            let sent = try #require(router.provider.exchanges.last?.request)
            #expect(sent.bodyText == #"{"model":"small","input":["a","\#(ScriptedGuard.address)"]}"#)
            #expect(router.guard.inspected.isEmpty && router.meter.admitted.isEmpty)
            let record = try await Poll.value("the record") { router.meter.settled.first }
            let view = UsageRecordView(record)
            #expect(record.keyID == "system" && record.outcome == .ok && record.reservationID == nil)
            #expect(view.attempts == ["mock/small 500 server_error", "mock/small 200 ok"])
            #expect(view.usage == TokenUsage(input: 6) && view.source == .provider)
        }
    }

    @Test("how long a provider wants its account left alone is believed")
    func retryAfter() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in
                .fault(.rateLimited(retryAfter: 0), .openAI)
            }
            router.provider.answer(.embeddings) { _ in .json(Self.answer) }
            for _ in 0..<2 { _ = try await router.embed(EmbedRequest(model: "mock/small", texts: ["a", "b"])) }
            let records = try await Poll.value("both records") {
                router.meter.settled.count == 2 ? router.meter.settled : nil
            }
            let attempts = records.map { UsageRecordView($0).attempts }
            #expect(attempts.allSatisfy { $0 == ["mock/small 429 rate_limited", "mock/small 200 ok"] }, "\(attempts)")
        }
    }

    @Test("too many, too long and empty texts, and models without vectors are refused, and nobody is asked")
    func limits() async throws {
        try await RunningRouter.run { router in
            let wrong: [(EmbedRequest, String)] = [
                (EmbedRequest(model: "mock/small", texts: []), "texts"),
                (EmbedRequest(model: "mock/small", texts: Array(repeating: "a", count: 97)), "texts"),
                (EmbedRequest(model: "mock/small", texts: [String(repeating: "a", count: 262_145)]), "texts"),
                (EmbedRequest(model: "mock/small", texts: ["a", ""]), "texts[1]"),
                (EmbedRequest(model: "nothing", texts: ["a"]), "model"),
                (EmbedRequest(model: "claudish/large", texts: ["a"]), "model"),
            ]
            for (request, field) in wrong {
                let error = try #require(await router.refusal(request))
                #expect(error.code == .invalidArgument && error.message.contains(field), "\(error)")
            }
            #expect(router.provider.count == 0 && router.meter.settled.isEmpty)
        }
    }

    @Test("who waits 300 ms is told in time, and what the provider may bill is in the ledger")
    func deadline() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .silent(.seconds(20)) }
            let start = ContinuousClock.now
            let request = EmbedRequest(model: "mock/small", texts: ["eight by"])
            let error = try #require(await router.refusal(request, within: .milliseconds(300)))
            #expect(error.code == .deadlineExceeded || error.code == .unavailable)
            #expect(.now - start < .seconds(5))
            let record = try await Poll.value("the record") { router.meter.settled.first }
            #expect(record.keyID == "system" && record.outcome != .ok && record.attempts.count == 1)
        }
    }

    @Test("a provider that answers something else has failed")
    func malformed() async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.embeddings) { _ in .json(#"{"data":[{"index":0,"embedding":["x"]}]}"#) }
            let error = try #require(await router.refusal(EmbedRequest(model: "mock/small", texts: ["a"])))
            #expect(error.code == .unavailable && error.reason == "malformed")
            let record = try await Poll.value("the record") { router.meter.settled.first }
            #expect(record.outcome == .providerError)
        }
    }
}
