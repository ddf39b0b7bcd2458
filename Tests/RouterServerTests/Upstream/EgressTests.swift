import Contracts
import RouterCore
import TestSupport
import Testing

@testable import RouterServer

/// Where requests and credentials do not go.
@Suite("Egress of requests")
struct EgressTests {
    @Test(
        "a redirect is followed nowhere, and no credential with it",
        arguments: [301, 302, 303, 307, 308],
        ["http://169.254.169.254/latest", "http://127.0.0.1:1/", "https://evil.example/v1", "/v1/elsewhere"]
    )
    func redirects(status: Int, location: String) async throws {
        try await RunningRouter.run { router in
            router.provider.answer(.credential(RunningRouter.firstSecret)) { _ in
                .json("{}", status: status, headers: [HeaderField("location", location)])
            }
            let body = Sample.body(.openAI, model: "mock/small", stream: false)
            let response = try await router.send(router.chat(.openAI, body))
            #expect(response.status == 200 && response.header("location") == nil)
            // The second account answered; whatever the redirect named was not asked.
            #expect(
                router.provider.exchanges.map(\.request.target) == Array(repeating: "/v1/chat/completions", count: 2)
            )
            #expect(try await router.record(response).record.attempts.first?.status == status)
        }
    }

    @Test("nothing goes around a proxy that is switched off")
    func proxyOff() async throws {
        try await BookHarness().serving { caller async throws in
            let proxies = caller.admin.proxies
            var proxy = try await caller.call(
                proxies.put,
                PutRequest(item: ProxyItem(name: "office", url: "http://proxy.example:3128"))
            )
            let key = "sk-0123456789abcdefWXYZ"
            let item = AccountItem(provider: "openai", label: "a", apiKey: key, proxy: proxy.id)
            let account = try await caller.call(caller.admin.accounts.put, PutRequest(item: item))
            #expect(caller.book.accounts(of: "openai").first?.isEnabled == true)
            proxy.enabled = false
            _ = try await caller.call(proxies.put, PutRequest(item: proxy))
            let routed = try #require(caller.book.accounts(of: "openai").first)
            #expect(!routed.isEnabled && routed.proxy == nil)
            let request = GetRequest(id: account.id)
            #expect(try await caller.call(caller.admin.accounts.get, request).health == "failing")
            let test = try await caller.call(caller.admin.testAccount, request)
            #expect(!test.ok && test.message == "its proxy is switched off" && caller.health.tested.isEmpty)
        }
    }
}
