import HTTP
import RouterCore

/// Where stored keys go: no edit sends one to another place than it was entered for, unless it brings the key again.
enum KeyPlaces {
    /// An account whose stored key an edit would send to a new place.
    ///
    /// - Parameters:
    ///   - before: The rows as they are.
    ///   - after: The rows as the edit leaves them.
    ///   - catalogue: The built-in providers.
    /// - Returns: The first such account by provider and label; `nil` where there is none.
    static func moved(from before: BookRows, to after: BookRows, _ catalogue: Catalogue) -> AccountRow? {
        let moved = after.accounts.values.filter { account in
            guard let key = account.apiKey, let old = before.accounts[account.id], old.apiKey == key else {
                return false
            }
            return !places(of: account, after, catalogue).isSubset(of: places(of: old, before, catalogue))
        }
        return moved.min { $0.place < $1.place }
    }

    /// The provider's scheme, host and port; without TLS also the proxies on the way, which can read what passes.
    private static func places(of account: AccountRow, _ rows: BookRows, _ catalogue: Catalogue) -> Set<String> {
        guard let provider = ProviderLookup.provider(account.provider, rows, catalogue) else { return [] }
        let host = host(of: provider.baseURL, account.settings)
        var places: Set = [host]
        if !host.hasPrefix("https://"), let id = rows.proxy(of: account), let proxy = rows.proxies[id] {
            places.formUnion(proxy.display.split(separator: ",").map { String($0.drop { $0 == " " }) })
        }
        return places
    }

    /// A place in front of a domain of its own, such as a region, may change; one that is the domain may not.
    private static func host(of template: String, _ settings: [String: String]) -> String {
        var head = template[...]
        if !template.hasPrefix("{"), let scheme = template.firstRange(of: "://") {
            head = template[..<(template[scheme.upperBound...].firstIndex(of: "/") ?? template.endIndex)]
        }
        let domain = head.lastIndex(of: "}").map { head[$0...] } ?? ""
        let isFixed = !template.hasPrefix("{") && domain.count { $0 == "." } >= 2
        let url = AddressTemplate.filled(String(head)) { isFixed ? "x" : settings[$0] ?? "" } ?? String(head)
        guard let origin = UpstreamOrigin(url: url) else { return url.lowercased() }
        return "\(origin.scheme)://\(origin.host):\(origin.port)"
    }
}
