import Bootstrap
import Contracts
import GuardServer
import JSON
import TestSupport
import Testing

/// An analyzer for tests: it finds what it is told, at code points, as Presidio counts.
private struct Analyzer {
    let server: MockProvider

    static func start() async throws -> Analyzer {
        Analyzer(server: try await MockProvider.start())
    }

    var setup: GuardSetup {
        get throws {
            var setup = GuardSetup()
            setup.presidio = try PresidioSettings(
                url: "http://127.0.0.1:\(server.port)",
                timeout: .milliseconds(500),
                language: "en"
            )
            return setup
        }
    }

    /// Answers every text with the places of a word in it.
    func finds(_ word: String, as entity: String, score: Double = 0.85) {
        server.answer(.all) { request in
            var writer = JSONWriter()
            writer.array { lists in
                for text in request.json?["text"]?.elements.compactMap(\.string) ?? [] {
                    lists.array { items in
                        guard let start = Self.codePoint(of: word, in: text) else { return }
                        items.object { fields in
                            fields.string("entity_type", entity)
                            fields.integer("start", start)
                            fields.integer("end", start + word.unicodeScalars.count)
                            fields.double("score", score)
                            fields.null("analysis_explanation")
                        }
                    }
                }
            }
            return .json(String(decoding: writer.bytes, as: UTF8.self))
        }
    }

    func says(_ text: String, status: Int = 200) {
        server.answer(.all) { _ in .json(text, status: status) }
    }

    private static func codePoint(of word: String, in text: String) -> Int? {
        let (text, word) = (Array(text.unicodeScalars), Array(word.unicodeScalars))
        guard text.count >= word.count else { return nil }
        return (0...text.count - word.count).first { Array(text[$0..<$0 + word.count]) == word }
    }
}

extension PolicyItem {
    /// Has names and mail addresses masked by Presidio.
    fileprivate static func presidio(
        onFailure: String = "auto",
        entities: [String: String] = ["PERSON": "", "EMAIL_ADDRESS": ""]
    ) -> PolicyItem {
        PolicyItem(
            scope: "global",
            onFailure: onFailure,
            pii: PIISection(enabled: true, direction: "both", action: .mask, entities: entities, engine: "presidio")
        )
    }
}

@Suite("Presidio as engine")
struct PresidioTests {
    @Test("places are counted in code points there and in bytes here")
    func offsets() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.finds("Siti 👩‍👩‍👧 Rahmawati", as: "PERSON")
        try await withGuard(analyzer.setup) { guarding in
            try await guarding.put(.presidio())
            let text = "🚀 Halo Siti 👩‍👩‍👧 Rahmawati, é!"
            let reply = try await guarding.inspect(text)
            let edit = try #require(reply.edits.first)
            var bytes = Array(text.utf8)
            bytes.replaceSubrange(edit.range, with: edit.replacement.utf8)
            #expect(String(decoding: bytes, as: UTF8.self) == "🚀 Halo <PERSON>, é!")
            #expect(reply.action == .mask && reply.reason == "pii PERSON")
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .mask, cacheable: true)])
        }
        let request = try #require(analyzer.server.exchanges.first?.request)
        #expect(request.method == "POST" && request.target == "/analyze")
        #expect(request.json?["language"]?.string == "en")
        #expect(request.json?["entities"]?.elements.compactMap(\.string) == ["EMAIL_ADDRESS", "PERSON"])
        await analyzer.server.stop()
    }

    @Test("all texts of a request go in one call; what tools bring and long texts stay here")
    func batch() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.finds("Ada", as: "PERSON")
        try await withGuard(analyzer.setup) { guarding in
            try await guarding.put(.presidio())
            let long = String(repeating: "x ", count: 5000) + "j.doe@example.com Ada"
            let segments = [
                InspectSegment(id: 0, role: "system", kind: .system, text: "You help Ada"),
                InspectSegment(id: 1, role: "tool", kind: .toolResult, text: "Ada <a.b@example.com>"),
                InspectSegment(id: 2, role: "user", kind: .text, text: "I am Ada"),
                InspectSegment(id: 3, role: "user", kind: .text, text: long),
            ]
            let reply = try await guarding.call(
                GuardMethods.inspect,
                InspectRequest(
                    requestID: "r",
                    direction: .inbound,
                    scope: RequestScope(tenant: "default"),
                    segments: segments
                )
            )
            let told = reply.edits.map { "\($0.segment) \($0.replacement)" }
            #expect(told == ["0 <PERSON>", "1 <EMAIL_ADDRESS>", "2 <PERSON>", "3 <EMAIL_ADDRESS>"])
        }
        #expect(analyzer.server.exchanges.count == 1)
        let texts = analyzer.server.exchanges.first?.request.json?["text"]?.elements.compactMap(\.string)
        #expect(texts == ["You help Ada", "I am Ada"])
        await analyzer.server.stop()
    }

    @Test("offline, it is not asked whatever the policy says, and the native detectors do the work")
    func offline() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.finds("Siti", as: "PERSON")
        var setup = try analyzer.setup
        setup.isOffline = true
        try await withGuard(setup) { guarding in
            try await guarding.put(.presidio(onFailure: "closed"))
            let reply = try await guarding.inspect("Siti, siti@example.com")
            #expect(reply.edits.map(\.replacement) == ["<EMAIL_ADDRESS>"])
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .mask, cacheable: true)])
        }
        #expect(analyzer.server.exchanges.isEmpty)
        await analyzer.server.stop()
    }

    @Test("what the analyzer is sure of counts, and our own entities are still found here")
    func own() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.finds("Ada", as: "PERSON", score: 0.3)
        try await withGuard(analyzer.setup) { guarding in
            try await guarding.put(.presidio(entities: ["PERSON": "", "ID_NIK": "block"]))
            let unsure = try await guarding.inspect("Ada")
            #expect(unsure.action == .allow)
            let number = try await guarding.inspect("NIK 3174095203900012")
            #expect(number.action == .block && number.reason == "pii ID_NIK")
        }
        await analyzer.server.stop()
    }

    @Test(
        "without an answer the policy decides",
        arguments: [("auto", true, true), ("auto", false, false), ("open", false, true), ("closed", true, false)]
    )
    func failure(onFailure: String, isKnownHere: Bool, standsIn: Bool) async throws {
        let analyzer = try await Analyzer.start()
        analyzer.says("No language provided", status: 500)
        try await withGuard(analyzer.setup) { guarding in
            let entities = isKnownHere ? ["EMAIL_ADDRESS": ""] : ["EMAIL_ADDRESS": "", "PERSON": ""]
            try await guarding.put(.presidio(onFailure: onFailure, entities: entities))
            guard standsIn else {
                let code = try await guarding.refusal(
                    GuardMethods.inspect,
                    InspectRequest(
                        requestID: "r",
                        direction: .inbound,
                        scope: RequestScope(tenant: "default"),
                        segments: [InspectSegment(id: 0, role: "user", kind: .text, text: "j.doe@example.com")]
                    )
                )
                #expect(code == .unavailable)
                return
            }
            let reply = try await guarding.inspect("j.doe@example.com")
            #expect(reply.edits.map(\.replacement) == ["<EMAIL_ADDRESS>"])
            // Asked again another time, when it answers perhaps.
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .mask, cacheable: false)])
        }
        await analyzer.server.stop()
    }

    @Test(
        "an answer that makes no sense is none",
        arguments: [
            "[]", "{}", "[[{\"entity_type\":\"PERSON\",\"start\":0,\"end\":99,\"score\":1}]]", "[[],[]]", "not JSON",
            "[[{\"entity_type\":\"PERSON\",\"start\":2,\"end\":1,\"score\":1}]]", "[[{\"start\":0,\"end\":1}]]",
        ]
    )
    func nonsense(answer: String) async throws {
        let analyzer = try await Analyzer.start()
        analyzer.says(answer)
        try await withGuard(analyzer.setup) { guarding in
            try await guarding.put(.presidio(onFailure: "open"))
            let reply = try await guarding.inspect("Ada")
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .allow, cacheable: false)])
        }
        await analyzer.server.stop()
    }

    @Test("a silent analyzer is waited for as long as configured, then left alone for a moment")
    func silence() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.server.answer(.all) { _ in .silent(.seconds(30)) }
        try await withGuard(analyzer.setup) { guarding in
            try await guarding.put(.presidio(onFailure: "open"))
            let start = ContinuousClock.now
            for _ in 0..<8 { _ = try await guarding.inspect("Ada") }
            // Three wait, five do not.
            let passed = start.duration(to: .now)
            #expect(passed > .milliseconds(1400) && passed < .seconds(5))
        }
        #expect(analyzer.server.count == 3)
        await analyzer.server.stop()
    }

    @Test("a scope that forbids engines outside is looked through here")
    func forbidden() async throws {
        let analyzer = try await Analyzer.start()
        analyzer.finds("Ada", as: "PERSON")
        try await withGuard(analyzer.setup) { guarding in
            var item = PolicyItem.presidio()
            item.allowExternalEngines = false
            try await guarding.put(item)
            let reply = try await guarding.inspect("Ada j.doe@example.com")
            #expect(reply.edits.map(\.replacement) == ["<EMAIL_ADDRESS>"])
        }
        #expect(analyzer.server.count == 0)
        await analyzer.server.stop()
    }

    @Test("the engine is refused where it is not configured, and foreign entities where it is not named")
    func refusals() async throws {
        try await withGuard { guarding in
            let admin = GuardUnderTest.admin.policies.put
            let engine = try await guarding.refusal(admin, PutRequest(item: PolicyItem.presidio()))
            #expect(engine == .invalidArgument)
            var item = PolicyItem.presidio()
            item.pii?.engine = "native"
            let entity = try await guarding.refusal(admin, PutRequest(item: item))
            #expect(entity == .invalidArgument)
        }
    }
}
