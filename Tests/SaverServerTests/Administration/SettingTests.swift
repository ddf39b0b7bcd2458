import Contracts
import PeerRPC
import SaverCore
import Synchronization
import TestSupport
import Testing

/// The administration of settings.
@Suite("Settings", .bothEngines)
struct SettingTests {
    private static let admin = SaverUnderTest.admin

    @Test("put, get, list and delete, with etags")
    func edits() async throws {
        try await withSaver { saver in
            let made = try await saver.put(SettingItem(scope: "key:ci", rtk: false, terse: "on"))
            #expect(made.id == "key:ci" && made.etag == "1" && !made.declared)
            let changed = try await saver.put(SettingItem(scope: "key:ci", terse: "off", caveman: "off"), etag: "1")
            #expect(changed.etag == "2" && changed.rtk == nil && changed.terse == "off")
            let stale = PutRequest(item: SettingItem(scope: "key:ci", rtk: true), etag: "1")
            #expect(try await saver.code(Self.admin.settings.put, stale) == .aborted)
            let read = try await saver.call(Self.admin.settings.get, GetRequest(id: "key:ci"))
            #expect(read == changed)
            try await saver.put(SettingItem(scope: "global", rtk: true))
            try await saver.put(SettingItem(scope: "model:acme/small", holdout: 0.05))
            var scopes: [String] = []
            var token: String?
            repeat {
                let page = try await saver.call(Self.admin.settings.list, ListRequest(pageToken: token, pageSize: 2))
                scopes += page.items.map(\.scope)
                token = page.next
            } while token != nil
            #expect(scopes == ["global", "key:ci", "model:acme/small"])
            let wrong = DeleteRequest(id: "key:ci", etag: "1")
            #expect(try await saver.code(Self.admin.settings.delete, wrong) == .aborted)
            _ = try await saver.call(Self.admin.settings.delete, DeleteRequest(id: "key:ci", etag: "2"))
            #expect(try await saver.code(Self.admin.settings.get, GetRequest(id: "key:ci")) == .notFound)
        }
    }

    @Test(
        "what cannot be is refused, with the field",
        arguments: [
            (SettingItem(scope: "team:x"), "scope"), (SettingItem(scope: "key:"), "scope"),
            (SettingItem(scope: "global", terse: "loud"), "terse"),
            (SettingItem(scope: "global", caveman: "loud"), "caveman"),
            (SettingItem(scope: "global", ponytail: "on"), "ponytail"),
            (SettingItem(scope: "global", holdout: 1.5), "holdout"),
            (SettingItem(scope: "global", headroom: HeadroomSetting(url: "localhost:8787")), "headroom.url"),
            (SettingItem(scope: "global", headroom: HeadroomSetting(url: "http://a:b@host")), "headroom.url"),
            (SettingItem(scope: "global", headroom: HeadroomSetting(timeoutMS: 0)), "headroom.timeout_ms"),
            (SettingItem(id: "key:a", scope: "key:b"), "scope"),
        ]
    )
    func refusals(_ item: SettingItem, _ field: String) async throws {
        try await withSaver { saver in
            let error = try #require(try await saver.refusal(Self.admin.settings.put, PutRequest(item: item)))
            #expect(error.code == .invalidArgument && error.message.hasPrefix(field), "\(error.message)")
        }
    }

    @Test("what is changed through one saver reaches another on the same database", .onPostgres)
    func shared() async throws {
        let data = try TemporaryFolder()
        try await withSaver(in: data) { first in
            try await withSaver(in: try TemporaryFolder(), sharing: data) { second in
                #expect(try await second.compress().replacements.count == 1)
                try await first.put(SettingItem(scope: "global", rtk: false))
                try await Poll.until("the other one compresses no more") {
                    try await second.compress().replacements.isEmpty
                }
                try await second.put(SettingItem(scope: "global", rtk: true))
                try await Poll.until("the first one does again") {
                    try await first.compress().replacements.count == 1
                }
            }
        }
    }

    @Test("narrower scopes win field by field")
    func merging() async throws {
        try await withSaver { saver in
            try await saver.put(SettingItem(scope: "global", rtk: false, terse: "on"))
            try await saver.put(SettingItem(scope: "provider:acme", rtk: true))
            try await saver.put(SettingItem(scope: "key:quiet", terse: "off"))
            let plain = try await saver.compress()
            #expect(plain.replacements.count == 1 && plain.directives.count == 1)
            let quiet = try await saver.compress(key: "quiet")
            #expect(quiet.replacements.count == 1 && quiet.directives.isEmpty)
            try await saver.put(SettingItem(scope: "model:small", rtk: false))
            let off = try await saver.compress()
            #expect(off.replacements.isEmpty)
        }
    }

    @Test("the stream tells the settings at once and after every change")
    func stream() async throws {
        try await withSaver { saver in
            let seen = Mutex<[SaverSettings]>([])
            let first = Gate()
            let second = Gate()
            let following = Task {
                _ = try? await saver.client.stream(SaverMethods.settings, Empty(), deadline: nil) { settings in
                    let count = seen.withLock { seen in
                        seen.append(settings)
                        return seen.count
                    }
                    if count == 1 { first.open() }
                    if count == 2 { second.open() }
                }
            }
            await first.wait()
            try await saver.put(SettingItem(scope: "key:ci", rtk: false, terse: "on", holdout: 0.25))
            await second.wait()
            let all = seen.withLock { $0 }
            #expect(all[0].scopes == [SaverScope(scope: "global", savers: ["rtk"], holdout: 0.05)])
            #expect(all[0].directivesByScope.isEmpty && all[0].epoch != all[1].epoch)
            #expect(all[1].scopes.last == SaverScope(scope: "key:ci", savers: ["terse"], holdout: 0.25))
            #expect(all[1].directivesByScope["key:ci"]?.map(\.text) == [Terse.text])
            let reply = try await saver.compress()
            #expect(reply.epoch == all[1].epoch)
            following.cancel()
            await following.value
        }
    }

    @Test("edits are watched")
    func watch() async throws {
        try await withSaver { saver in
            let seen = Mutex<[AdminChange]>([])
            let done = Gate()
            let following = Task {
                _ = try? await saver.client.stream(Self.admin.watch, WatchRequest(), deadline: nil) { change in
                    seen.withLock { $0.append(change) }
                    if change.deleted { done.open() }
                }
            }
            // The stream has begun when an edit is heard; edits from before are not told.
            while seen.withLock({ $0.isEmpty }) {
                try await saver.put(SettingItem(scope: "key:ci", rtk: false))
                await Task.yield()
            }
            _ = try await saver.call(Self.admin.settings.delete, DeleteRequest(id: "key:ci"))
            await done.wait()
            let last = seen.withLock { $0.last }
            #expect(last == AdminChange(resource: "Settings", id: "key:ci", etag: "", deleted: true))
            following.cancel()
            await following.value
        }
    }
}
