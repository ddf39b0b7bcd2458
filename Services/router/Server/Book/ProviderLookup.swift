import Contracts
import RouterCore

/// Finds the providers and proxies that accounts name.
enum ProviderLookup {
    enum Answer {
        case found(String)
        case demo
        /// With a hint to put behind the sentence.
        case missing(hint: String)
    }

    /// The provider with this id, or with this short name in the catalogue.
    static func find(_ name: String, _ rows: BookRows, _ catalogue: Catalogue) -> Answer {
        if rows.providers[name] != nil { return .found(name) }
        if let entry = catalogue.provider(name) { return .found(entry.id) }
        if name == Provider.demo.id { return .demo }
        let known = rows.providers.keys.sorted() + catalogue.providers.map(\.id)
        let near = nearest(to: name, among: known).map { "; did you mean \($0)?" }
        return .missing(hint: near ?? "; declare it under declare.providers or make it first")
    }

    /// Whether an account there is of no use without a key; a provider of one's own may be a server that asks for none.
    static func needsKey(_ id: String, _ rows: BookRows, _ catalogue: Catalogue) -> Bool {
        guard rows.providers[id] == nil, let entry = catalogue.provider(id) else { return false }
        return entry.credential != .none
    }

    /// The provider with this id as requests are sent to it; `nil` for one that is not there.
    static func provider(_ id: String, _ rows: BookRows, _ catalogue: Catalogue) -> Provider? {
        if let row = rows.providers[id] { return row.provider(in: catalogue) }
        return catalogue.provider(id).map { Provider($0) }
    }

    /// The proxy with this id, or with this name where only one has it.
    static func proxy(_ name: String, _ rows: BookRows) -> String? {
        if rows.proxies[name] != nil { return name }
        let named = rows.proxies.values.filter { $0.name == name }
        return named.count == 1 ? named.first?.id : nil
    }

    /// The id of the proxy that an item names; none where it names none.
    ///
    /// - Throws: `INVALID_ARGUMENT` for a name that no proxy has.
    static func proxyID(_ name: String?, _ rows: BookRows) throws(ServiceError) -> String? {
        guard let name, !name.isEmpty else { return nil }
        guard let id = proxy(name, rows) else {
            throw .invalid("proxy", "there is no such proxy; make it first and give its id or name here")
        }
        return id
    }

    private static func nearest(to name: String, among known: [String]) -> String? {
        guard name.utf8.count <= 64 else { return nil }
        let wanted = Array(name.lowercased().utf8)
        let limit = max(1, min(3, wanted.count / 3))
        var best: (name: String, distance: Int)?
        for candidate in known {
            let distance = slips(wanted, Array(candidate.utf8))
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.name
    }

    /// Insertions, deletions and replacements that turn one into the other.
    private static func slips(_ one: [UInt8], _ other: [UInt8]) -> Int {
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in other.indices {
                let replaced = diagonal + (byte == other[column] ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, row[column + 1] + 1)
            }
        }
        return row[other.count]
    }
}
