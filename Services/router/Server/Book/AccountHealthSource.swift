package import Contracts
package import RouterCore

/// What the request path knows of accounts.
package protocol AccountHealthSource: Sendable {
    /// Why an account is left alone now, and until when (µs since the epoch).
    func pause(account: String) -> (reason: String, untilUS: Int)?

    /// Every pause there is.
    func pauses() -> [AccountPause]

    /// The usual time from a request to its first content byte, in milliseconds; `nil` before the first.
    func latency(account: String) -> Int?

    /// The places in a pool of those proxies that take no connections now.
    func down(_ pool: ProxyPool) -> [Int]

    /// Forgets an account's pauses (its credential or settings changed).
    func clear(account: String)

    /// Asks a provider for its models, unless it did lately.
    func refreshModels(account: Account, provider: Provider, force: Bool) async -> LiveModels.Outcome

    /// The names of models that providers have said they have, by provider.
    func liveModels() -> [String: [String]]

    /// Asks the provider's model list with the account's credential, without spending.
    func test(account: Account, provider: Provider) async -> AccountTest
}

/// Why an account, or one model of it, is left alone.
package struct AccountPause: Hashable, Sendable {
    package var account: String
    /// `nil` for the whole account.
    package var model: String?
    /// The last failure, in snake_case.
    package var reason: String
    /// Until when, in microseconds since the epoch.
    package var untilUS: Int
    /// How often it failed in a row.
    package var failures: Int

    package init(account: String, model: String?, reason: String, untilUS: Int, failures: Int = 1) {
        self.account = account
        self.model = model
        self.reason = reason
        self.untilUS = untilUS
        self.failures = failures
    }
}
