import Contracts
import SaverCore
import SaverServer
import TestSupport
import Testing

/// `Compress` as the router calls it.
@Suite("Compress", .bothEngines)
struct CompressTests {
    @Test("a diff comes back smaller, with its tokens by the real vocabulary and the rule")
    func replaces() async throws {
        try await withSaver { saver in
            let reply = try await saver.compress()
            let replacement = try #require(reply.replacements.first)
            #expect(replacement.saver == "rtk" && replacement.rule == "git-diff" && replacement.segment == 1)
            #expect(replacement.tokensAfter * 2 < replacement.tokensBefore)
            #expect(replacement.text.contains("+    log.info(\"step %d of %d\", 11, len(rows))"))
            #expect(!replacement.text.contains("total - rows"))
            #expect(reply.directives.isEmpty && reply.epoch.hasPrefix("s\(SaverEngine.rulesVersion)-"))
        }
    }

    @Test("the same text gives the same bytes, in another call and in another life")
    func deterministic() async throws {
        let folder = try TemporaryFolder()
        var replies: [CompressReply] = []
        for _ in 0..<2 {
            try await withSaver(in: folder) { saver in
                replies.append(try await saver.compress())
                replies.append(try await saver.compress([.diff(id: 1), .diff(id: 1)]))
            }
        }
        #expect(replies[0].replacements[0] == replies[1].replacements[1] && replies[0] == replies[2])
    }

    @Test("several texts, small and longer than a loop works on, each by itself")
    func manyTexts() async throws {
        try await withSaver { saver in
            let segments = [
                CompressSegment.diff(id: 1), .diff(id: 2, hunks: 400), .diff(id: 3, tool: "Read"),
                .diff(id: 4, isError: true),
                .diff(id: 5),
            ]
            #expect(segments[1].text.utf8.count > 100_000)
            let reply = try await saver.compress(segments)
            #expect(reply.replacements.map(\.segment) == [1, 2, 5])
            #expect(reply.replacements[0].text == reply.replacements[2].text)
        }
    }

    @Test("only tool results are touched")
    func kinds() async throws {
        try await withSaver { saver in
            var user = CompressSegment.diff(id: 1)
            user.kind = .user
            var system = CompressSegment.diff(id: 2)
            system.kind = .system
            let reply = try await saver.compress([user, system])
            #expect(reply.replacements.isEmpty)
        }
    }

    @Test("what a plan leaves alone gets neither replacements nor directives")
    func holdout() async throws {
        let setting = ScopeSetting(scope: .global, rtk: true, terse: true, holdout: 0.5)
        try await withSaver(declaring: [setting]) { saver in
            let reply = try await saver.compress(holdout: true)
            #expect(reply.replacements.isEmpty && reply.directives.isEmpty && reply.epoch.hasPrefix("s"))
        }
    }

    @Test("terse adds one constant instruction, but not to an answer that must follow a schema")
    func terse() async throws {
        try await withSaver(declaring: [ScopeSetting(scope: .global, terse: true)]) { saver in
            let directive = try #require(try await saver.compress().directives.first)
            #expect(directive.saver == "terse" && directive.level == "on" && directive.text == Terse.text)
            #expect((1...60).contains(directive.tokens))
            let structured = try await saver.compress(structured: true)
            #expect(structured.directives.isEmpty)
        }
    }

    @Test("caveman stands in the place of terse, ponytail behind it and only where tools are offered")
    func directives() async throws {
        let setting = ScopeSetting(scope: .global, terse: true, caveman: "wenyan-full", ponytail: "ultra")
        try await withSaver(declaring: [setting]) { saver in
            let reply = try await saver.compress()
            #expect(reply.directives.map(\.saver) == ["caveman", "ponytail"])
            #expect(reply.directives.map(\.level) == ["wenyan-full", "ultra"])
            #expect(reply.directives.first?.text == Caveman.text("wenyan-full"))
            let structured = try await saver.compress(structured: true)
            #expect(structured.directives.isEmpty)
        }
    }

    @Test("a trial makes texts smaller whatever the settings say")
    func trial() async throws {
        try await withSaver(declaring: [ScopeSetting(scope: .global, rtk: false)]) { saver in
            let plain = try await saver.compress()
            let trial = try await saver.compress(trial: true)
            #expect(plain.replacements.isEmpty && trial.replacements.count == 1)
        }
    }

    @Test("settings of an earlier version can be asked for; an unknown version is the present one")
    func epochs() async throws {
        let folder = try TemporaryFolder()
        var first = ""
        try await withSaver(in: folder) { saver in
            first = try await saver.compress().epoch
            try await saver.put(SettingItem(scope: "global", rtk: false))
            let now = try await saver.compress()
            #expect(now.epoch != first && now.replacements.isEmpty)
        }
        try await withSaver(in: folder) { saver in
            let earlier = try await saver.compress(epoch: first)
            #expect(earlier.epoch == first && earlier.replacements.count == 1)
            for unknown in ["", "s1-0000", "e\u{0}5", String(repeating: "x", count: 5000)] {
                let reply = try await saver.compress(epoch: unknown)
                #expect(reply.epoch != first && reply.replacements.isEmpty)
            }
        }
    }

    @Test("the last 64 versions are kept, and settings that come back have their old version")
    func keptEpochs() async throws {
        try await withSaver { saver in
            var epochs = [try await saver.compress().epoch]
            for number in 1...EpochStore.kept {
                try await saver.put(SettingItem(scope: "global", rtk: true, holdout: Double(number) / 1000))
                epochs.append(try await saver.compress().epoch)
            }
            #expect(Set(epochs).count == EpochStore.kept + 1)
            let reply = try await saver.compress(epoch: epochs[1])
            #expect(reply.epoch == epochs[1])
            let forgotten = try await saver.compress(epoch: epochs[0])
            #expect(forgotten.epoch == epochs[EpochStore.kept])
            try await saver.put(SettingItem(scope: "global", rtk: true, holdout: 0.001))
            let back = try await saver.compress()
            #expect(back.epoch == epochs[1])
        }
    }
}
