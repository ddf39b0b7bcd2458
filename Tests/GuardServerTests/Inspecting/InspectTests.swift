import Contracts
import GuardServer
import PeerRPC
import TestSupport
import Testing

@Suite("Inspecting", .bothEngines)
struct InspectTests {
    @Test("nothing is looked for until there is a policy, and from its answer on everything is")
    func policies() async throws {
        try await withGuard { guarding in
            let before = try await guarding.inspect("mail j.doe@example.com")
            #expect(before.action == .allow && before.edits.isEmpty && before.decisionID.isEmpty)
            #expect(before.segments == [SegmentVerdict(id: 3, action: .allow, cacheable: true)])
            try await guarding.put(.personalData())
            let reply = try await guarding.inspect("mail j.doe@example.com")
            #expect(reply.action == .mask && reply.policyVersion != before.policyVersion)
            #expect(reply.edits == [TextEdit(segment: 3, range: 5..<22, replacement: "<EMAIL_ADDRESS>")])
            #expect(reply.segments == [SegmentVerdict(id: 3, action: .mask, cacheable: true)])
            #expect(reply.reason == "pii EMAIL_ADDRESS" && reply.decisionID.hasPrefix("gd_"))
            let blocked = try await guarding.inspect("4012888888881881")
            #expect(blocked.action == .block && blocked.reason == "pii CREDIT_CARD")
        }
    }

    @Test("a long text is looked through as well as a short one")
    func long() async throws {
        try await withGuard { guarding in
            try await guarding.put(.personalData())
            let filler = String(repeating: "let value = compute(index, 12)\n", count: 20_000)
            let reply = try await guarding.inspect(filler + "j.doe@example.com " + filler)
            #expect(reply.edits.map(\.range) == [filler.utf8.count..<filler.utf8.count + 17])
        }
    }

    @Test("the router hears which policies there are, at once and at every change")
    func stream() async throws {
        try await withGuard { guarding in
            let lists = Heard<PolicyList>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await guarding.client.stream(GuardMethods.policies, Empty(), deadline: nil) { list in
                        lists.add(list)
                    }
                }
                try await Poll.until("the first list has come") { !lists.all.isEmpty }
                #expect(lists.all[0].scopes.isEmpty)
                var item = PolicyItem.personalData("key:k1")
                item.onFailure = "closed"
                try await guarding.put(item)
                let scope = PolicyScope(
                    scope: "key:k1",
                    directions: [.inbound, .outbound],
                    actions: [.mask, .block],
                    onFailure: "closed"
                )
                try await Poll.until("the change is told") { lists.all.last?.scopes == [scope] }
                let version = try await guarding.inspect("a").policyVersion
                #expect(lists.all.last?.version == version)
                group.cancelAll()
            }
        }
    }

    @Test("each piece of a stream is answered by one release, and the end by what is left")
    func scan() async throws {
        try await withGuard { guarding in
            try await guarding.put(.personalData())
            let call = try await guarding.client.duplex(
                GuardMethods.scan,
                ScanRequest(requestID: "s", scope: RequestScope(tenant: "default")),
                deadline: .now + .seconds(60)
            )
            var text = ""
            for piece in ["Write to j.d", "oe@exam", "ple.com", "", " or tomor", "row"] {
                try await call.send(ScanChunk(channel: "0/text/0", text: piece))
                let release = try #require(try await call.next())
                #expect(release.channel == "0/text/0")
                text += release.release
                if piece.isEmpty { #expect(text == "Write to <EMAIL_ADDRESS>") }
            }
            await call.finish()
            while let release = try await call.next() { text += release.release }
            let reply = try await call.result()
            #expect(text == "Write to <EMAIL_ADDRESS> or tomorrow")
            #expect(reply.action == .mask && reply.decisionID.hasPrefix("gd_"))
            try await Poll.until("the audit has it") { try await guarding.decisions().map(\.id) == [reply.decisionID] }
        }
    }

    @Test("a stream that its caller breaks off stands in the audit with what it had found")
    func brokenOff() async throws {
        try await withGuard { guarding in
            try await guarding.put(.personalData())
            let call = try await guarding.client.duplex(
                GuardMethods.scan,
                ScanRequest(requestID: "broken", scope: RequestScope(tenant: "default")),
                deadline: .now + .seconds(60)
            )
            try await call.send(ScanChunk(channel: "0/text/0", text: "Write to j.doe@example.com and"))
            _ = try await call.next()
            call.cancel()
            try await Poll.until("the audit has it") {
                try await guarding.decisions().map(\.requestID) == ["broken"]
            }
        }
    }

    @Test("an answer that is to be JSON is held until it is judged, by the schema that the request asked for")
    func json() async throws {
        try await withGuard { guarding in
            try await guarding.put(PolicyItem(scope: "global", json: JSONSection(enabled: true)))
            let stored = try await guarding.call(GuardUnderTest.admin.policies.get, GetRequest(id: "global"))
            #expect(stored.json == JSONSection(enabled: true))
            let schema = Array(#"{"type":"object","required":["n"]}"#.utf8)
            for (asked, pieces, action) in [
                (schema, [#"{"n""#, ":1}"], GuardAction.allow), (schema, [#"{"m""#, ":1}"], .block),
                (nil, ["no ", "JSON"], .allow),
            ] {
                let call = try await guarding.client.duplex(
                    GuardMethods.scan,
                    ScanRequest(requestID: "s", scope: RequestScope(tenant: "default"), answerSchema: asked),
                    deadline: .now + .seconds(60)
                )
                var released: [String] = []
                for piece in pieces + [""] {
                    try await call.send(ScanChunk(channel: "0/text/0", text: piece))
                    released.append(try #require(try await call.next()).release)
                }
                await call.finish()
                while let release = try await call.next() { released.append(release.release) }
                #expect(try await call.result().action == action)
                let whole = pieces.joined()
                #expect(released.joined() == (action == .block ? "" : whole))
                if asked != nil { #expect(released.prefix(2) == ["", ""]) }
            }
            let decisions = Heard<DecisionItem>()
            try await Poll.until("the audit has it") {
                for item in try await guarding.decisions() { decisions.add(item) }
                return !decisions.all.isEmpty
            }
            #expect(decisions.all.first?.reason == "json JSON_SCHEMA: $.n is missing")
            #expect(decisions.all.first?.findings.map(\.detector) == ["json"])
        }
    }

    @Test("a block ends the stream, and not a byte of its match goes out")
    func scanBlocks() async throws {
        try await withGuard { guarding in
            try await guarding.put(.personalData())
            let call = try await guarding.client.duplex(
                GuardMethods.scan,
                ScanRequest(requestID: "s", scope: RequestScope(tenant: "default")),
                deadline: .now + .seconds(60)
            )
            var text = ""
            var last: ScanRelease?
            for piece in ["card 4012 8888", " 8888 18", "81 and more"] {
                try await call.send(ScanChunk(channel: "0/text/0", text: piece))
                last = try await call.next()
                text += last?.release ?? ""
            }
            #expect(text == "card " && last?.action == .block)
            let end = try await call.next()
            #expect(end == nil)
            let reply = try await call.result()
            #expect(reply.action == .block)
        }
    }
}
