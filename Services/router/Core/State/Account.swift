/// An account at a provider, with its key in memory.
package struct Account: Hashable, Sendable {
    package var id: String
    package var provider: String
    package var label: String
    /// Lower goes first.
    package var priority: Int
    /// Its share among accounts of equal priority; see ``Affinity``.
    package var weight: Int
    package var isEnabled: Bool
    package var createdUS: Int
    package var credential: Credential?
    /// The proxies it goes through, of its own or of its provider.
    package var proxy: ProxyPool?
    /// Its values for ``Provider/settings``.
    package var settings: [String: String]

    package init(
        id: String,
        provider: String,
        label: String = "",
        priority: Int = 100,
        weight: Int = 1,
        isEnabled: Bool = true,
        createdUS: Int = 0,
        credential: Credential? = nil,
        proxy: ProxyPool? = nil,
        settings: [String: String] = [:]
    ) {
        self.id = id
        self.provider = provider
        self.label = label
        self.priority = priority
        self.weight = weight
        self.isEnabled = isEnabled
        self.createdUS = createdUS
        self.credential = credential
        self.proxy = proxy
        self.settings = settings
    }

    /// Stands for a provider that asks for no key.
    package static func keyless(_ provider: Provider) -> Account {
        Account(
            id: "none:\(provider.id)",
            provider: provider.id,
            label: "no account",
            isEnabled: !(provider.proxy?.isCutOff ?? false),
            proxy: provider.proxy.flatMap { $0.addresses.isEmpty ? nil : $0 }
        )
    }

    /// Priority, then weight, then age; the id settles ties so that every router agrees.
    static func precedes(_ one: Account, _ other: Account) -> Bool {
        (one.priority, -one.weight, one.createdUS, one.id) < (other.priority, -other.weight, other.createdUS, other.id)
    }
}
