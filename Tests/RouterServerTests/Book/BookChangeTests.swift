import Contracts
import PeerRPC
import RouterCore
import Storage
import Synchronization
import TestSupport
import Testing

@testable import RouterServer

@Suite("Changes of the book", .bothEngines)
struct BookChangeTests {
    @Test("an edit with an old etag is refused and changes nothing")
    func etags() async throws {
        try await BookHarness().serving { caller in
            let admin = caller.admin
            let first = try await caller.put(provider: "acme")
            var item = first
            item.name = "Acme"
            let second = try await caller.call(admin.providers.put, PutRequest(item: item, etag: first.etag))
            let stale = await caller.refusal(admin.providers.put, PutRequest(item: first, etag: first.etag))
            #expect(stale.code == .aborted)
            #expect(stale.reason == "etag_mismatch")
            let old = await caller.refusal(admin.providers.delete, DeleteRequest(id: "acme", etag: first.etag))
            #expect(old.code == .aborted)
            #expect(try await caller.call(admin.providers.get, GetRequest(id: "acme")) == second)
            let mustBeNew = await caller.refusal(admin.providers.put, PutRequest(item: item, etag: ""))
            #expect(mustBeNew.code == .aborted)
            _ = try await caller.call(admin.providers.delete, DeleteRequest(id: "acme", etag: second.etag))
            let again = try await caller.call(admin.providers.put, PutRequest(item: item, etag: ""))
            #expect(again.etag != first.etag)
            #expect(again.etag != second.etag)
        }
    }

    @Test("of many edits with one etag exactly one wins")
    func race() async throws {
        try await BookHarness().serving { caller in
            let first = try await caller.put(provider: "acme")
            let names = await withTaskGroup(of: String?.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        var item = first
                        item.name = "name \(number)"
                        let request = PutRequest(item: item, etag: first.etag)
                        return try? await caller.call(caller.admin.providers.put, request).name
                    }
                }
                return await group.reduce(into: [String]()) { names, name in names += [name].compactMap(\.self) }
            }
            #expect(names.count == 1)
            #expect(caller.book.state.providers["acme"]?.name == names.first)
        }
    }

    @Test("parallel edits are all in the database and in the state, which ends with the last of them")
    func parallel() async throws {
        let harness = try BookHarness()
        let seen = Mutex<[Int]>([])
        try await harness.serving { caller in
            caller.book.onChange { state in
                let count = state.providers.values.filter { !$0.isBuiltin }.count
                seen.withLock { $0.append(count) }
            }
            try await withThrowingTaskGroup { group in
                for number in 0..<40 {
                    group.addTask { _ = try await caller.put(provider: "p\(number)") }
                }
                try await group.waitForAll()
            }
            #expect(caller.book.state.providers.values.filter { !$0.isBuiltin }.count == 40)
        }
        #expect(seen.withLock { $0 } == Array(1...40))
        let stored = try await harness.look { $0.keeper.shelf.rows.providers.count }
        #expect(stored == 40)
    }

    @Test("what one router changes reaches another on the same database", .onPostgres)
    func shared() async throws {
        let harness = try BookHarness()
        let other = try await harness.open()
        try await harness.serving { caller in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await other.follow(silent) }
                try await caller.put(provider: "acme")
                try await Poll.until("the other one has the provider") { other.state.providers["acme"] != nil }
                _ = try await caller.call(caller.admin.providers.delete, DeleteRequest(id: "acme"))
                try await Poll.until("it is gone there too") { other.state.providers["acme"] == nil }
                await other.close()
                try await group.waitForAll()
            }
        }
    }

    @Test("a state that was read stays as it was")
    func snapshots() async throws {
        try await BookHarness().serving { caller in
            try await caller.put(provider: "acme")
            let before = caller.book.state
            try await caller.put(provider: "acme", "https://other.example/v1")
            #expect(before.providers["acme"]?.baseURL == "https://llm.example/v1")
            #expect(caller.book.state.providers["acme"]?.baseURL == "https://other.example/v1")
        }
    }

    @Test("a put that changes nothing keeps the etag and tells nobody")
    func unchanged() async throws {
        try await BookHarness().serving { caller in
            let calls = Mutex(0)
            caller.book.onChange { _ in calls.withLock { $0 += 1 } }
            let first = try await caller.put(provider: "acme")
            let second = try await caller.put(provider: "acme")
            #expect(first == second)
            #expect(calls.withLock { $0 } == 1)
        }
    }

    @Test("a caller who gives up leaves the database and the state in step")
    func givingUp() async throws {
        let harness = try BookHarness()
        try await harness.serving { caller in
            for number in 0..<20 {
                let task = Task { try await caller.put(provider: "p\(number)") }
                if number % 2 == 0 { try await Task.sleep(for: .microseconds(300 * number)) }
                task.cancel()
                _ = try? await task.value
            }
            try await caller.put(provider: "last")
            let shelf = caller.book.keeper.shelf
            let database = try await DatabaseFactory.open(harness.location, service: "router")
            let rows = try await database.read { connection throws(StoreError) in try BookRows(connection) }
            await database.close()
            #expect(shelf.rows == rows)
        }
    }

    @Test("watchers hear of what they asked for, in order, until the book closes")
    func watching() async throws {
        let heard = Heard()
        let all = Heard()
        try await BookHarness().serving { caller in
            let (client, watch) = (caller.client, caller.admin.watch)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    let request = WatchRequest(resources: ["Chains"])
                    _ = try await client.stream(watch, request, deadline: nil) { change in
                        heard.add(change)
                    }
                }
                group.addTask {
                    _ = try await client.stream(watch, WatchRequest(), deadline: nil) { change in
                        all.add(change)
                    }
                }
                try await Poll.until("both watch") { caller.book.keeper.edits.subscriberCount == 2 }
                try await caller.put(provider: "acme")
                let item = ChainItem(id: "c", steps: ["acme/m"])
                let chain = try await caller.call(caller.admin.chains.put, PutRequest(item: item))
                _ = try await caller.call(caller.admin.chains.delete, DeleteRequest(id: "c"))
                try await Poll.until("all is heard") {
                    heard.changes.count == 2 && all.changes.count == 3
                }
                #expect(
                    heard.changes == [
                        AdminChange(resource: "Chains", id: "c", etag: chain.etag),
                        AdminChange(resource: "Chains", id: "c", deleted: true),
                    ]
                )
                #expect(all.changes.map(\.resource) == ["Providers", "Chains", "Chains"])
                await caller.book.close()
                try await group.waitForAll()
            }
        }
    }

    @Test("what is not watched is refused")
    func watchRefusal() async throws {
        try await BookHarness().serving { caller in
            await #expect(throws: ServiceError.self) {
                let request = WatchRequest(resources: ["Keys"])
                _ = try await caller.client.stream(caller.admin.watch, request, deadline: .now + .seconds(5)) { _ in }
            }
        }
    }

    @Test("a closed book refuses edits and keeps its state")
    func closed() async throws {
        try await BookHarness().serving { caller in
            try await caller.put(provider: "acme")
            await caller.book.close()
            let item = ProviderItem(id: "b", name: "b", dialect: "openai", baseURL: "https://b.example")
            let error = await caller.refusal(caller.admin.providers.put, PutRequest(item: item))
            #expect(error.code == .unavailable)
            #expect(caller.book.state.providers["acme"] != nil)
        }
    }
}

/// What a watcher heard.
private final class Heard: Sendable {
    private let all = Mutex<[AdminChange]>([])

    var changes: [AdminChange] { all.withLock { $0 } }

    func add(_ change: AdminChange) {
        all.withLock { $0.append(change) }
    }
}
