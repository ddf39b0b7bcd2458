import Storage

/// An account as it is stored: its key is sealed.
struct AccountRow: BookRow {
    static let table = "account"
    static let columns = [
        "id", "provider", "label", "priority", "weight", "enabled", "api_key", "display", "proxy", "settings",
    ]

    var id: String
    var provider: String
    /// Unique among the accounts of a provider.
    var label: String
    var priority: Int
    var weight: Int
    var isEnabled: Bool
    /// Sealed; `nil` for a provider of one's own that asks for no key.
    var apiKey: [UInt8]?
    /// What may be shown of the key.
    var display: String
    /// The id of the proxy it goes through.
    var proxy: String?
    /// Values for its provider's settings.
    var settings: [String: String]
    var life: RowLife

    var key: String { id }

    var values: [any SQLConvertible] {
        [id, provider, label, priority, weight, isEnabled, apiKey, display, proxy, BookLines.join(settings)]
    }

    init(
        id: String,
        provider: String,
        label: String,
        priority: Int,
        weight: Int,
        isEnabled: Bool,
        proxy: String?,
        settings: [String: String] = [:],
        life: RowLife
    ) {
        self.id = id
        self.provider = provider
        self.label = label
        self.priority = priority
        self.weight = weight
        self.isEnabled = isEnabled
        self.apiKey = nil
        self.display = ""
        self.proxy = proxy
        self.settings = settings
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        id = try row.get(0)
        provider = try row.get(1)
        label = try row.get(2)
        priority = try row.get(3)
        weight = try row.get(4)
        isEnabled = try row.get(5)
        apiKey = try row.get(6)
        display = try row.get(7)
        proxy = try row.get(8)
        settings = BookLines.values(try row.get(9))
        self.life = life
    }

    /// What lists are ordered by; a provider's id has no slash.
    var place: String { "\(provider)/\(label)" }
}

/// A proxy, or a pool of several, as it is stored: the addresses are sealed, for they may hold passwords.
struct ProxyRow: BookRow {
    static let table = "proxy"
    static let columns = ["id", "name", "url", "display", "enabled", "is_strict"]

    var id: String
    var name: String
    /// Sealed; a line for each address.
    var url: [UInt8]
    /// The addresses without users and passwords.
    var display: String
    var isEnabled: Bool
    /// Whether requests fail rather than go around it.
    var isStrict: Bool
    var life: RowLife

    var key: String { id }
    var values: [any SQLConvertible] { [id, name, url, display, isEnabled, isStrict] }

    init(
        id: String,
        name: String,
        url: [UInt8] = [],
        display: String = "",
        isEnabled: Bool = true,
        isStrict: Bool = true,
        life: RowLife
    ) {
        self.id = id
        self.name = name
        self.url = url
        self.display = display
        self.isEnabled = isEnabled
        self.isStrict = isStrict
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        id = try row.get(0)
        name = try row.get(1)
        url = try row.get(2)
        display = try row.get(3)
        isEnabled = try row.get(4)
        isStrict = try row.get(5)
        self.life = life
    }
}
