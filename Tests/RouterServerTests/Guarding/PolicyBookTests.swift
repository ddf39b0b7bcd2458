import Contracts
import RouterCore
import Testing

@testable import RouterServer

@Suite("The book of policies")
struct PolicyBookTests {
    private static let empty = PolicyBook { bytes in
        var hasher = Hasher()
        hasher.combine(bytes)
        return MemoryKey(high: UInt64(bitPattern: Int64(hasher.finalize())), low: UInt64(bytes.count))
    }

    private static func scope(_ key: String, provider: String = "acme", model: String = "large") -> RequestScope {
        RequestScope(tenant: "default", key: key, chain: "pair", provider: provider, model: model)
    }

    private static func policy(
        _ scope: String,
        _ directions: [Direction] = [.inbound],
        _ actions: [GuardAction] = [.logOnly],
        onFailure: String = "auto"
    ) -> PolicyScope {
        PolicyScope(scope: scope, directions: directions, actions: actions, onFailure: onFailure)
    }

    @Test("a narrower policy that does not look this way still makes another set of policies")
    func narrower() {
        let book = Self.empty.with(
            PolicyList(version: "1", scopes: [Self.policy("global"), Self.policy("key:ci", [])])
        )
        let ci = book.rules(.inbound, Self.scope("ci"))
        let other = book.rules(.inbound, Self.scope("other"))
        #expect(ci.isActive && other.isActive)
        #expect(ci.key != other.key)
        #expect(other.key == book.rules(.inbound, Self.scope("third", provider: "beta")).key)
        #expect(!book.rules(.outbound, Self.scope("ci")).isActive)
    }

    @Test("every kind of scope is found, and only the request's own")
    func scopes() {
        for name in ["global", "provider:acme", "model:large", "model:acme/large", "chain:pair", "key:ci"] {
            let book = Self.empty.with(PolicyList(version: "1", scopes: [Self.policy(name)]))
            #expect(book.rules(.inbound, Self.scope("ci")).isActive, "\(name)")
        }
        for name in ["provider:beta", "model:small", "model:beta/large", "chain:solo", "key:cd", "tenant:default"] {
            let book = Self.empty.with(PolicyList(version: "1", scopes: [Self.policy(name)]))
            #expect(!book.rules(.inbound, Self.scope("ci")).isActive, "\(name)")
        }
    }

    @Test(
        "what happens when the guard is away",
        arguments: [
            ([policy("global", [.inbound], [.logOnly, .warn])], GuardRules.Failure.open),
            ([policy("global", [.inbound], [.warn, .mask])], .closed),
            ([policy("global", [.inbound], [.block], onFailure: "open")], .open),
            ([policy("global", [.inbound], [.logOnly], onFailure: "closed")], .closed),
            (
                [policy("global", [.inbound], [.block], onFailure: "open"), policy("key:ci", [.inbound], [.mask])],
                .closed
            ),
            ([policy("global"), policy("key:ci", [.outbound], [.block])], .open),
            ([policy("global"), policy("global", [.inbound], [.block])], .closed),
        ]
    )
    func failure(scopes: [PolicyScope], expected: GuardRules.Failure) {
        let book = Self.empty.with(PolicyList(version: "1", scopes: scopes))
        #expect(book.rules(.inbound, Self.scope("ci")).failure == expected)
    }

    @Test("before the first list and without lists everything is looked at and nothing passes unseen")
    func unknown() {
        for book in [Self.empty, Self.empty.withoutList()] {
            let rules = book.rules(.outbound, Self.scope("ci"))
            #expect(rules.isActive)
            #expect(rules.failure == .closed)
            #expect(rules.version == nil)
            #expect(rules.key != book.rules(.outbound, Self.scope("ci", model: "small")).key)
        }
        #expect(!Self.empty.isKnown)
        #expect(Self.empty.withoutList().isKnown)
        #expect(!Self.empty.with(PolicyList(version: "1")).rules(.inbound, Self.scope("ci")).isActive)
    }

    @Test("the version, the tenant and the direction tell sets of policies apart")
    func keys() {
        let list = PolicyList(version: "1", scopes: [Self.policy("global", [.inbound, .outbound])])
        let book = Self.empty.with(list)
        var other = Self.scope("ci")
        other.tenant = "other"
        let keys = [
            book.rules(.inbound, Self.scope("ci")).key, book.rules(.outbound, Self.scope("ci")).key,
            book.rules(.inbound, other).key,
            Self.empty.with(PolicyList(version: "2", scopes: list.scopes)).rules(.inbound, Self.scope("ci")).key,
        ]
        #expect(Set(keys).count == 4)
        #expect(book.rules(.inbound, Self.scope("another")).key == keys[0])
    }
}
