import Bootstrap
import Contracts
import Logging
import NIOPosix
import PeerRPC
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

@Suite("Lists of models that providers give")
struct LiveModelTests {
    @Test(
        "every wire's list is read",
        arguments: [
            (#"{"object":"list","data":[{"id":"b"},{"id":"a"},{"id":"b"}]}"#, ["a", "b"]),
            (#"{"data":[{"type":"model","id":"claude-x","display_name":"X"}],"has_more":false}"#, ["claude-x"]),
            (#"{"models":[{"name":"models/gemini-x","inputTokenLimit":1}]}"#, ["gemini-x"]),
            (#"{"models":[{"name":"llama3.2:latest","model":"llama3.2:latest"}]}"#, ["llama3.2:latest"]),
            (#"[{"id":"one"},{"id":"with space"},{"id":""},{"other":1}]"#, ["one"]),
            (#"{"data":[]}"#, []),
        ] as [(String, [String])]
    )
    func formats(json: String, names: [String]) {
        #expect(LiveModels.read(Array(json.utf8)) == names)
    }

    @Test("what is no list is none", arguments: ["", "{}", "<html>", #"{"data":{"id":"a"}}"#, #"{"models":"a"}"#])
    func others(text: String) {
        #expect(LiveModels.read(Array(text.utf8)) == nil)
    }

    @Test("an answer counts for an hour, and stands in for a provider that is away after it")
    func life() {
        let (models, start) = (LiveModels(), ContinuousClock.now)
        let list = LiveModels.List(names: ["a"], fetchedUS: 1, until: start + LiveModels.life)
        models.keep(list, of: "acme")
        #expect(models.fresh("acme", now: start + .seconds(3599)) == list)
        #expect(models.fresh("acme", now: start + .seconds(3600)) == nil)
        #expect(models.fresh("other", now: start) == nil && models.names == ["acme": ["a"]])
    }

    @Test("an operator asks for them once, and clients are offered them")
    func refresh() async throws {
        try await RunningRouter.run { router in
            let list = MockMatch { $0.method == "GET" }
            router.provider.answer(list) { _ in .json(#"{"data":[{"id":"large"},{"id":"brand-new"}]}"#) }
            let group = MultiThreadedEventLoopGroup.singleton
            let socket = try DataFolder(router.folder.file("data")).prepareSocket(service: "router")
            let client = RPCClient(endpoint: try RPCEndpoint.parse("unix://\(socket)"), group: group, logger: silent)
            let admin = AdminMethods.routerV1
            func ask(_ force: Bool) async throws -> RefreshModelsReply {
                let request = RefreshModelsRequest(provider: "mock", force: force)
                return try await client.call(admin.refreshModels, request, deadline: .now + .seconds(20))
            }
            let first = try await ask(false)
            #expect(first.models == ["brand-new", "large"] && !first.cached)
            #expect(try await ask(false).cached)
            #expect(try await ask(true).cached == false)
            let asked = router.provider.exchanges.map(\.request)
            #expect(asked.count == 2 && asked.allSatisfy { $0.target == "/v1/models" })
            #expect(asked.first?.credential == RunningRouter.firstSecret)
            let key = HeaderField("authorization", "Bearer \(router.key)")
            let offered = try await router.get("/v1/models", headers: [key])
            #expect(offered.text.contains(#""mock/brand-new""#), "\(offered.text)")
            let filter = ListRequest(filter: ["provider": "mock"])
            let models = try await client.call(admin.models.list, filter, deadline: .now + .seconds(20))
            #expect(models.items.map(\.id) == ["mock/brand-new", "mock/large"])
            // A provider that fails leaves what it said before.
            router.provider.forget()
            router.provider.answer(list) { _ in .page(status: 500) }
            do throws(ServiceError) {
                let request = RefreshModelsRequest(provider: "mock", force: true)
                _ = try await client.call(admin.refreshModels, request, deadline: .now + .seconds(20))
                Issue.record("not refused")
            } catch {
                #expect(error.reason == "no_models" && error.message.contains("500"))
            }
            #expect(try await router.get("/v1/models", headers: [key]).text.contains("brand-new"))
            await client.shutdown()
        }
    }

    @Test("many accounts come in at once, each line for itself, and no key is repeated")
    func paste() async throws {
        try await BookHarness().serving { caller async throws in
            let text = """
                # production
                one sk-one-0123456789abcdef

                \ttwo\t sk-two-0123456789abcdef \r
                sk-without-a-label
                one sk-again-0123456789abcdef
                four sk with spaces
                """
            let request = PutAccountsRequest(provider: "openai", text: text, priority: 7)
            let reply = try await caller.call(caller.admin.putAccounts, request)
            #expect(reply.results.map(\.line) == [2, 4, 5, 6, 7])
            #expect(reply.results.map(\.label) == ["one", "two", "", "one", "four"])
            #expect(reply.results.map { $0.id != nil } == [true, true, false, false, false])
            #expect(reply.results[2].problem == "expected a label, white space and a key")
            #expect(reply.results.allSatisfy { !$0.problem.contains("sk-") })
            let accounts = caller.book.accounts(of: "openai")
            #expect(accounts.map(\.label).sorted() == ["one", "two"] && accounts.allSatisfy { $0.priority == 7 })
            #expect(
                Set(accounts.compactMap(\.credential?.secret)) == [
                    "sk-one-0123456789abcdef", "sk-two-0123456789abcdef",
                ]
            )
            let empty = PutAccountsRequest(provider: "openai", text: "# nothing\n")
            #expect(await caller.refusal(caller.admin.putAccounts, empty).message.hasPrefix("text: expected 1 to"))
        }
    }
}
