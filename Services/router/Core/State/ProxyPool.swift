/// The way out that requests take: one proxy, or several that take turns.
package struct ProxyPool: Hashable, Sendable {
    package var id: String
    /// Its name for people.
    package var name: String
    /// The addresses with their credentials; none where it is switched off or does not open.
    package var addresses: [String]
    /// Whether requests fail rather than go around it.
    package var isStrict: Bool

    package init(id: String, name: String, addresses: [String], isStrict: Bool = true) {
        self.id = id
        self.name = name
        self.addresses = addresses
        self.isStrict = isStrict
    }

    /// Whether nothing goes through it, nor around it.
    package var isCutOff: Bool { addresses.isEmpty && isStrict }
}
