import Contracts
import JSON
import TestSupport
import Testing

extension Integration {
    /// The same blocked phrase, in every dialect that clients speak, whole and streamed, in each kind of text.
    @Suite("A blocked phrase in every dialect")
    struct GuardDialectTests {
        typealias Place = GuardClient.Place

        struct Case: Sendable, CustomTestStringConvertible {
            let client: GuardClient
            let stream: Bool
            let place: Place

            var testDescription: String { "\(client), \(stream ? "stream" : "whole"), \(place)" }

            static let all = GuardClient.allCases.flatMap { client in
                [false, true].flatMap { stream in
                    Place.allCases.map { Case(client: client, stream: stream, place: $0) }
                }
            }
            static let answers = all.filter { [.text, .toolArguments, .reasoning].contains($0.place) }
        }

        private static let phrase = GuardMatrixTests.phrase

        private func send(_ it: Case, _ text: String, _ place: Place, model: String) async throws -> RawResponse {
            let request = it.client.request(
                place,
                text,
                model: "\(Common.provider(.openAI))/\(model)",
                stream: it.stream,
                key: Guarded.secret
            )
            return try await Guarded.get().gateway.send(request)
        }

        @Test("in a request it goes no further", arguments: Case.all)
        func request(it: Case) async throws {
            let model = Common.name("g")
            let guarded = try await Guarded.get()
            // The same request with another word passes: it is the phrase that stops it.
            let plain = try await send(it, "nobody", it.place, model: model)
            #expect(plain.status == 200, "\(plain.text)")
            #expect(guarded.mock.chats(model: model).count == 1)
            let response = try await send(it, Self.phrase, it.place, model: model)
            it.client.checkRefusal(response)
            #expect(!response.text.contains(Self.phrase))
            #expect(guarded.mock.chats(model: model).count == 1, "it reached the provider")
            #expect(response.header("x-keirouter-guard") == "custom:forbidden=block")
            let row = try await guarded.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .blocked)
        }

        @Test("in an answer it is not told", arguments: Case.answers)
        func answer(it: Case) async throws {
            let model = Common.name("g")
            let guarded = try await Guarded.get()
            let answer = GuardMatrixTests.answer(Self.phrase, it.place)
            guarded.mock.answer(.model(model)) { .answer(answer, to: $0) }
            let response = try await send(it, "nobody", .text, model: model)
            // Each half alone would be half told.
            #expect(!response.text.contains("forbidden-") && !response.text.contains("phrase-77"), "\(response.text)")
            if it.stream, response.status == 200 {
                it.client.checkBrokenOff(response)
            } else {
                it.client.checkRefusal(response)
            }
            let row = try await guarded.gateway.row(try #require(response.requestID))
            #expect(row.outcome == .blocked)
        }
    }
}
