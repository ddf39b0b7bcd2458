package import Contracts
package import RouterCore

/// What the request path knows of accounts.
package protocol AccountHealthSource: Sendable {
    /// Why an account is left alone now, and until when (µs since the epoch).
    func pause(account: String) -> (reason: String, untilUS: Int)?

    /// Every pause there is: account, model (`nil` for the whole account), reason, until.
    func pauses() -> [(account: String, model: String?, reason: String, untilUS: Int)]

    /// Forgets an account's pauses (its credential or settings changed).
    func clear(account: String)

    /// Asks the provider's model list with the account's credential, without spending.
    func test(account: Account, provider: Provider) async -> AccountTest
}
