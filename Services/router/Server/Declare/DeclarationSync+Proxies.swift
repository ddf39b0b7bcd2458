import Bootstrap
import Secrets

extension DeclarationSync {
    /// - Returns: The ids of the declared proxies.
    func applyProxies(_ rows: inout BookRows) throws(ConfigurationError) -> Set<String> {
        var kept: Set<String> = []
        for proxy in declaration.proxies {
            let old = rows.proxies.values.filter { $0.name == proxy.name }.min { $0.id < $1.id }
            var row = old ?? ProxyRow(id: BookNames.makeProxy(), name: proxy.name, life: declared(nil))
            row.life = declared(old?.life ?? row.life)
            row.isEnabled = proxy.isEnabled
            row.isStrict = proxy.isStrict
            try seal(proxy.urls, into: &row, proxy.place)
            rows.proxies[row.id] = row
            kept.insert(row.id)
        }
        return kept
    }

    private func seal(
        _ urls: [ProxyURL],
        into row: inout ProxyRow,
        _ place: DeclaredPlace
    ) throws(ConfigurationError) {
        row.display = urls.display
        if (try? vault.urls(of: row)) == urls { return }
        do throws(SecretsError) {
            row.url = try vault.seal(urls: urls, proxy: row.id)
        } catch {
            throw place.error("the proxy's address could not be sealed: \(error)")
        }
    }

    /// The id of the proxy that an item goes through.
    func proxyID(
        _ way: DeclaredWay?,
        _ place: DeclaredPlace,
        _ rows: inout BookRows,
        _ kept: Set<String>
    ) throws(ConfigurationError) -> String? {
        switch way {
        case nil: return nil
        case .named(let name)?:
            // One that an earlier file declared and this one does not is on its way out.
            guard let id = ProviderLookup.proxy(name, rows), let life = rows.proxies[id]?.life,
                kept.contains(id) || !(life.isDeclared && life.isFromFile)
            else {
                throw place.error(
                    "there is no proxy \"\(name)\"; write its address (http:// or socks5://), declare it under declare.proxies or make it first"
                )
            }
            return id
        case .url(let url)?: return try proxyID(of: url, place, &rows)
        }
    }

    /// The file's own proxy with this address; items with the same address share one.
    private func proxyID(
        of url: ProxyURL,
        _ place: DeclaredPlace,
        _ rows: inout BookRows
    ) throws(ConfigurationError) -> String {
        let known = rows.proxies.values.first { row in
            row.life.isFromFile && row.name == url.display && row.isStrict && (try? vault.urls(of: row)) == [url]
        }
        if let known {
            rows.proxies[known.id]?.life.isDeclared = true
            rows.proxies[known.id]?.isEnabled = true
            return known.id
        }
        var row = ProxyRow(id: BookNames.makeProxy(), name: url.display, life: declared(nil))
        try seal([url], into: &row, place)
        rows.proxies[row.id] = row
        return row.id
    }

    /// A proxy that is no longer declared goes, unless something that is not declared goes through it.
    func releaseProxies(_ rows: inout BookRows, but kept: Set<String>) {
        let accounts = rows.accounts.values
        let providers = rows.providers.values
        let declared = kept.union(accounts.filter(\.life.isDeclared).compactMap(\.proxy))
            .union(providers.filter(\.life.isDeclared).compactMap(\.proxy))
        for id in Set(accounts.compactMap(\.proxy) + providers.compactMap(\.proxy)) where !declared.contains(id) {
            guard rows.proxies[id]?.life.isDeclared ?? false else { continue }
            rows.proxies[id]?.life.isDeclared = false
            rows.proxies[id]?.life.isFromFile = false
        }
        release(&rows.proxies, but: declared)
    }
}
