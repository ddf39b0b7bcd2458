import Contracts
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("Administering aliases, chains and the catalogue", .bothEngines)
struct NameAdminTests {
    @Test("an alias and a chain are made, read, changed and deleted")
    func life() async throws {
        try await BookHarness().serving { caller in
            let admin = caller.admin
            let alias = try await caller.call(
                admin.aliases.put,
                PutRequest(item: AliasItem(id: "fast", target: "openai/gpt-4o-mini"))
            )
            let draft = ChainItem(id: "coding", strategy: "least_busy", steps: ["fast", "deepseek/deepseek-chat"])
            let chain = try await caller.call(admin.chains.put, PutRequest(item: draft))
            #expect(caller.book.state.aliases == ["fast": "openai/gpt-4o-mini"])
            #expect(caller.book.state.chains["coding"]?.strategy == .leastBusy)
            #expect(try await caller.all(admin.aliases) == [alias])
            #expect(try await caller.all(admin.chains) == [chain])
            #expect(try await caller.call(admin.chains.get, GetRequest(id: "coding")) == chain)
            let needed = await caller.refusal(admin.aliases.delete, DeleteRequest(id: "fast"))
            #expect(needed.code == .failedPrecondition)
            _ = try await caller.call(admin.chains.delete, DeleteRequest(id: "coding", etag: chain.etag))
            _ = try await caller.call(admin.aliases.delete, DeleteRequest(id: "fast", etag: alias.etag))
            #expect(caller.book.state.chains.isEmpty)
            #expect(caller.book.state.aliases.isEmpty)
            #expect(await caller.refusal(admin.aliases.get, GetRequest(id: "fast")).code == .notFound)
            #expect(await caller.refusal(admin.chains.delete, DeleteRequest(id: "coding")).code == .notFound)
        }
    }

    @Test(
        "a chain that cannot be one is refused",
        arguments: [
            (ChainItem(id: "a/b", steps: ["openai/x"]), "id"), (ChainItem(id: "", steps: ["openai/x"]), "id"),
            (ChainItem(id: "chain:a", steps: ["openai/x"]), "id"), (ChainItem(id: "a b", steps: ["openai/x"]), "id"),
            (ChainItem(id: "a", strategy: "luck", steps: ["openai/x"]), "strategy"), (ChainItem(id: "a"), "steps"),
            (ChainItem(id: "a", steps: [""]), "steps"), (ChainItem(id: "a", steps: ["nowhere/x"]), "steps"),
            (ChainItem(id: "a", steps: ["openai/x", "chain:none"]), "steps"),
            (ChainItem(id: "a", steps: ["a"]), "steps"),
            (ChainItem(id: "a", strategy: "weighted", steps: ["openai/x"], weights: [1, 2]), "weights"),
            (ChainItem(id: "a", strategy: "weighted", steps: ["openai/x"], weights: [0]), "weights"),
            (ChainItem(id: "a", strategy: "weighted", steps: ["openai/x"], weights: [1001]), "weights"),
            (ChainItem(id: "a", strategy: "cost", steps: ["openai/x"], weights: [1]), "weights"),
            (ChainItem(id: "a", steps: ["openai/x\nopenai/y"]), "steps"),
            (ChainItem(id: "a", steps: (0...64).map { "openai/m\($0)" }), "steps"),
        ]
    )
    func refusals(item: ChainItem, field: String) async throws {
        try await BookHarness().serving { caller in
            let error = await caller.refusal(caller.admin.chains.put, PutRequest(item: item))
            #expect(error.code == .invalidArgument)
            #expect(error.message.hasPrefix("\(field): "), "\(error.message)")
            #expect(caller.book.state.chains.isEmpty)
        }
    }

    @Test("the weights of a chain are kept")
    func weights() async throws {
        try await BookHarness().serving { caller in
            let steps = ["openai/gpt-4o", "deepseek/deepseek-chat"]
            let draft = ChainItem(id: "coding", strategy: "weighted", steps: steps, weights: [3, 1])
            _ = try await caller.call(caller.admin.chains.put, PutRequest(item: draft))
            #expect(try await caller.call(caller.admin.chains.get, GetRequest(id: "coding")).weights == [3, 1])
            #expect(caller.book.state.chains["coding"]?.weight(ofStep: 0) == 3)
        }
    }

    @Test("a circle through chains and aliases is refused where it would close")
    func cycles() async throws {
        try await BookHarness().serving { caller in
            let admin = caller.admin
            _ = try await caller.call(admin.chains.put, PutRequest(item: ChainItem(id: "a", steps: ["openai/x"])))
            _ = try await caller.call(admin.aliases.put, PutRequest(item: AliasItem(id: "b", target: "a")))
            _ = try await caller.call(admin.chains.put, PutRequest(item: ChainItem(id: "c", steps: ["b"])))
            let closing = ChainItem(id: "a", steps: ["openai/x", "chain:c"])
            let error = await caller.refusal(admin.chains.put, PutRequest(item: closing))
            #expect(error.code == .invalidArgument)
            #expect(error.message.contains("comes back to itself"))
            let own = await caller.refusal(admin.aliases.put, PutRequest(item: AliasItem(id: "d", target: "d")))
            #expect(own.code == .invalidArgument)
            #expect(caller.book.state.chains["a"]?.steps == ["openai/x"])
        }
    }

    @Test("a chain with an old fault may still be changed, and its fault mended")
    func oldFault() async throws {
        let harness = try BookHarness()
        let yaml = "declare: { chains: [ { name: c, steps: [nowhere/x] } ] }"
        try await harness.serving(yaml) { caller in
            try await caller.put(provider: "acme")
            #expect(caller.book.keeper.shelf.problems.count == 1)
            try await caller.put(provider: "nowhere")
            #expect(caller.book.keeper.shelf.problems.isEmpty)
        }
    }

    @Test("a full book of chains whose steps lead nowhere is opened and edited all the same")
    func fullBook() async throws {
        let steps = (0..<RouterCaps.steps).map { "nowhere/model-\($0)" }.joined(separator: ", ")
        let rows = (0..<RouterCaps.chains).map { "    - { name: c\($0), steps: [\(steps)] }" }
        let yaml = "declare:\n  chains:\n" + rows.joined(separator: "\n")
        try await BookHarness().serving(yaml) { caller in
            #expect(caller.book.state.chains.count == RouterCaps.chains)
            #expect(caller.book.keeper.shelf.problems.count == RouterCaps.chains * RouterCaps.steps)
            try await caller.put(provider: "acme")
            let one = ChainItem(id: "more", steps: ["acme/x"])
            let error = await caller.refusal(caller.admin.chains.put, PutRequest(item: one))
            #expect(error.code == .resourceExhausted)
        }
    }

    @Test("a name is a chain's or an alias's, not both")
    func oneName() async throws {
        try await BookHarness().serving { caller in
            let admin = caller.admin
            _ = try await caller.call(admin.chains.put, PutRequest(item: ChainItem(id: "a", steps: ["openai/x"])))
            let alias = AliasItem(id: "a", target: "openai/x")
            #expect(await caller.refusal(admin.aliases.put, PutRequest(item: alias)).code == .alreadyExists)
            let other = AliasItem(id: "b", target: "openai/x")
            _ = try await caller.call(admin.aliases.put, PutRequest(item: other))
            let chain = ChainItem(id: "b", steps: ["openai/x"])
            #expect(await caller.refusal(admin.chains.put, PutRequest(item: chain)).code == .alreadyExists)
        }
    }

    // MARK: Lists of the catalogue

    @Test("the catalogue's models are listed once, in pages, with the demo's", arguments: [17, 500])
    func models(size: Int) async throws {
        try await BookHarness().serving { caller in
            let all = try await caller.all(caller.admin.models, pageSize: size)
            #expect(all.count == Catalogue.builtin.models.count + 1)
            #expect(all.map(\.id) == all.map(\.id).sorted())
            #expect(all.contains { $0.id == "demo/echo" && $0.kind == "chat" })
            let chat = try await caller.all(caller.admin.models, pageSize: size, filter: ["kind": "chat"])
            #expect(chat.count == Catalogue.builtin.models.filter { $0.kind == "llm" }.count + 1)
            let some = try await caller.all(
                caller.admin.models,
                pageSize: size,
                filter: ["provider": "ds", "q": "CHAT"]
            )
            #expect(some.map(\.id).contains("deepseek/deepseek-chat"))
            #expect(some.allSatisfy { $0.provider == "deepseek" })
        }
    }
}
