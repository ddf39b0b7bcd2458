import Contracts
import MeterCore
import PeerRPC
import Secrets
import Synchronization
import TestSupport
import Testing

/// The life of an API key: made, used, changed, revoked.
@Suite("Keys", .bothEngines)
struct KeyTests {
    private static let keys = AdminMethods.meterV1.keys

    @Test("a secret is shown once and stored nowhere, only its digest")
    func secret() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            let secret = try #require(key.secret)
            #expect(APIKey.accepts(secret) && secret.utf8.count == 42)
            #expect(try await meter.call(Self.keys.get, GetRequest(id: key.id)).secret == nil)
            #expect(try await meter.all(Self.keys.list).map(\.secret) == [nil])
            let reservation = try await meter.admit("r", key).reservation
            _ = try await meter.settle([meter.record("r", key, reservation)])
            let stored = try await TestStore.current.bytes(of: "meter", in: meter.folder)
            #expect(!ByteSearch.contains(stored, String(secret.dropFirst(12))))
            #expect(ByteSearch.contains(stored, APIKey.digestHex(secret)))
            #expect(key.display.hasPrefix(String(secret.prefix(7))) && key.display.utf8.count < 20)
        }
    }

    @Test("a key of the caller's choosing is taken when it is long enough and free")
    func chosen() async throws {
        try await withMeter { meter in
            let secret = "kr_chosen_0123456789_0123456789_abcdef"
            let item = KeyItem(name: "a", secret: secret)
            let key = try await meter.call(Self.keys.put, PutRequest(item: item))
            #expect(key.secret == secret)
            #expect(try await meter.admit("r", key).admitted)
            let again = KeyItem(name: "b", secret: secret)
            #expect(try await meter.refusal(Self.keys.put, PutRequest(item: again)) == .alreadyExists)
            let short = KeyItem(name: "c", secret: "kr_short")
            #expect(try await meter.refusal(Self.keys.put, PutRequest(item: short)) == .invalidArgument)
            var changed = key
            changed.secret = "kr_another_0123456789_0123456789_abcdef"
            #expect(try await meter.refusal(Self.keys.put, PutRequest(item: changed)) == .invalidArgument)
        }
    }

    @Test("a revoked key is denied at once, for good, and its name is free again")
    func revoked() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            #expect(try await meter.admit("a", key).admitted)
            #expect(try await meter.refusal(Self.keys.put, PutRequest(item: KeyItem(name: "test"))) == .alreadyExists)
            _ = try await meter.call(Self.keys.delete, DeleteRequest(id: key.id))
            #expect(try await meter.admit("b", key).denial?.reason == .revoked)
            // Not even the request that holds a reservation is admitted anew.
            #expect(try await meter.admit("a", key).denial?.reason == .revoked)
            var row = try await meter.call(Self.keys.get, GetRequest(id: key.id))
            #expect(row.revokedUS == meter.clock.now.epochUS)
            row.revokedUS = nil
            let put = try await meter.call(Self.keys.put, PutRequest(item: row))
            #expect(put.revokedUS != nil)
            _ = try await meter.call(Self.keys.delete, DeleteRequest(id: key.id))
            #expect(try await meter.makeKey().id != key.id)
        }
    }

    @Test("routers hear of a revoked key")
    func changes() async throws {
        try await withMeter { meter in
            let heard = Heard()
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    _ = try? await meter.client.stream(MeterMethods.changes, Empty(), deadline: nil) { heard.add($0) }
                }
                var key = try await meter.makeKey()
                key.secret = nil
                // A change from before the stream began is not told, so there is one until the first is heard.
                try await Poll.until("the stream tells of changes") {
                    key = try await meter.call(Self.keys.put, PutRequest(item: key))
                    return heard.contains { $0.id == key.id && $0.kind == "key_changed" }
                }
                let made = try await meter.makeKey("other")
                _ = try await meter.call(Self.keys.delete, DeleteRequest(id: made.id))
                let digest = APIKey.digestHex(made.secret ?? "")
                let change = MeterChange(kind: "key_revoked", id: made.id, keySHA256: digest)
                try await Poll.until("the revocation is told") { heard.contains { $0 == change } }
                try await meter.putPlan(PlanItem(name: "p"))
                let plan = MeterChange(kind: "plan_changed", id: "p")
                try await Poll.until("the plan is told") { heard.contains { $0 == plan } }
                group.cancelAll()
            }
        }
    }

    @Test("a key ends when it expires, by the wall clock")
    func expiry() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey(expiresUS: meter.clock.now.epochUS + 60_000_000)
            #expect(try await meter.admit("a", key).admitted)
            meter.clock.moveWall(bySeconds: 60)
            #expect(try await meter.admit("b", key).denial?.reason == .expired)
            meter.clock.moveWall(bySeconds: -1)
            #expect(try await meter.admit("c", key).admitted)
        }
    }

    @Test(
        "a key uses the models it may, by target or by the name that was asked for",
        arguments: [
            ("small", true), ("acme/*", true), ("ACME/SM*", true), ("*", true), ("coding", true), ("large", false),
            ("acme/small2", false), ("mall", false),
        ]
    )
    func models(rule: String, isAdmitted: Bool) async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey(allowedModels: [rule])
            let reply = try await meter.admit("a", key, model: "coding", targets: [.small])
            #expect(reply.admitted == isAdmitted)
            if !isAdmitted { #expect(reply.denial?.reason == .modelNotAllowed) }
        }
    }

    @Test("a strict key says so to routers, also after a restart, until it is changed")
    func strict() async throws {
        let folder = try TemporaryFolder()
        var key = KeyItem(name: "strict", strictLossless: true)
        try await withMeter(in: folder) { meter in
            key = try await meter.call(Self.keys.put, PutRequest(item: key))
            #expect(key.strictLossless)
            #expect(try await meter.admit("a", key).features.strictLossless)
        }
        try await withMeter(in: folder) { meter in
            #expect(try await meter.admit("b", key).features.strictLossless)
            var edit = try await meter.call(Self.keys.get, GetRequest(id: key.id))
            #expect(edit.strictLossless)
            edit.strictLossless = false
            _ = try await meter.call(Self.keys.put, PutRequest(item: edit))
            #expect(try await !meter.admit("c", key).features.strictLossless)
        }
    }

    @Test("both a plan's models and the key's own must allow a target")
    func bothLists() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p", allowedModels: ["acme/*"]))
            let key = try await meter.makeKey(plan: "p", allowedModels: ["small", "echo"])
            let targets = [Target.large, .small, Target(provider: "demo", model: "echo")]
            #expect(try await meter.admit("a", key, model: "chain", targets: targets).targets == [1])
        }
    }

    @Test("an edit names the version it was made from")
    func etags() async throws {
        try await withMeter { meter in
            let key = try await meter.makeKey()
            var edit = key
            edit.secret = nil
            edit.name = "renamed"
            let renamed = try await meter.call(Self.keys.put, PutRequest(item: edit, etag: key.etag))
            #expect(renamed.name == "renamed" && renamed.etag != key.etag)
            #expect(try await meter.refusal(Self.keys.put, PutRequest(item: edit, etag: key.etag)) == .aborted)
            let stale = DeleteRequest(id: key.id, etag: key.etag)
            #expect(try await meter.refusal(Self.keys.delete, stale) == .aborted)
            #expect(try await meter.admit("a", key).admitted)
            _ = try await meter.call(Self.keys.delete, DeleteRequest(id: key.id, etag: renamed.etag))
        }
    }

    @Test("a key on a plan or in a project that does not exist is not made")
    func references() async throws {
        try await withMeter { meter in
            let noPlan = PutRequest(item: KeyItem(name: "a", plan: "nope"))
            #expect(try await meter.refusal(Self.keys.put, noPlan) == .notFound)
            let noProject = PutRequest(item: KeyItem(name: "a", project: "nope"))
            #expect(try await meter.refusal(Self.keys.put, noProject) == .notFound)
            #expect(try await meter.refusal(Self.keys.get, GetRequest(id: "key_nope")) == .notFound)
            #expect(try await meter.refusal(Self.keys.delete, DeleteRequest(id: "key_nope")) == .notFound)
            let projects = AdminMethods.meterV1.projects
            _ = try await meter.call(projects.put, PutRequest(item: ProjectItem(name: "web")))
            let key = try await meter.call(Self.keys.put, PutRequest(item: KeyItem(name: "a", project: "web")))
            #expect(key.project == "web")
            #expect(try await meter.admit("r", key).identity?.project == "web")
            #expect(try await meter.refusal(projects.delete, DeleteRequest(id: "web")) == .failedPrecondition)
        }
    }

    @Test("lists go page by page, oldest first, and filter")
    func pages() async throws {
        try await withMeter { meter in
            try await meter.putPlan(PlanItem(name: "p"))
            for number in 0..<25 { _ = try await meter.makeKey("k\(number)", plan: number < 7 ? "p" : nil) }
            let items = try await meter.all(Self.keys.list, pageSize: 4)
            #expect(items.map(\.name) == (0..<25).map { "k\($0)" })
            #expect(try await meter.all(Self.keys.list, filter: ["plan": "p"], pageSize: 3).count == 7)
            #expect(try await meter.all(Self.keys.list, filter: ["name": "k3"]).map(\.name) == ["k3"])
            #expect(try await meter.all(AdminMethods.meterV1.budgets.list, pageSize: 6).count == 25)
        }
    }
}

/// The changes that a subscriber heard.
private final class Heard: Sendable {
    private let changes = Mutex<[MeterChange]>([])

    func add(_ change: MeterChange) {
        changes.withLock { $0.append(change) }
    }

    func contains(_ isIt: (MeterChange) -> Bool) -> Bool {
        changes.withLock { $0 }.contains(where: isIt)
    }
}
