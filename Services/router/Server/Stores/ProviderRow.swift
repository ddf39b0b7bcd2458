import Dialects
import RouterCore
import Storage

/// A provider that the file or an operator made.
struct ProviderRow: BookRow {
    static let table = "provider"
    static let columns = [
        "id", "name", "dialect", "base_url", "headers", "allow_private", "connector", "streams", "think_tags",
        "proxy",
    ]

    var id: String
    var name: String
    var dialect: Dialect
    /// Ends with the version segment, without a slash behind it.
    var baseURL: String
    /// Names in lower case.
    var headers: [String: String]
    var allowsPrivate: Bool
    /// How it is addressed; `nil`: as its dialect is.
    var connector: Connector?
    /// In which form it answers.
    var streams: StreamSupport
    /// Whether answers may begin with `<think>`; `nil`: the model's name tells.
    var writesThinkTags: Bool?
    /// The id of the proxy that its accounts go through which have none of their own.
    var proxy: String?
    var life: RowLife

    var key: String { id }

    var values: [any SQLConvertible] {
        [
            id, name, dialect.rawValue, baseURL, BookLines.join(headers), allowsPrivate, connector?.rawValue ?? "",
            streams.rawValue, writesThinkTags.map { $0 ? "on" : "off" } ?? "", proxy,
        ]
    }

    init(
        id: String,
        name: String,
        dialect: Dialect,
        baseURL: String,
        headers: [String: String],
        allowsPrivate: Bool,
        connector: Connector? = nil,
        streams: StreamSupport = .both,
        writesThinkTags: Bool? = nil,
        proxy: String? = nil,
        life: RowLife
    ) {
        self.id = id
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.headers = headers
        self.allowsPrivate = allowsPrivate
        self.connector = connector
        self.streams = streams
        self.writesThinkTags = writesThinkTags
        self.proxy = proxy
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        let dialect: String = try row.get(2)
        guard let dialect = Dialect(rawValue: dialect) else {
            throw StoreError(.other, "a provider speaks an unknown dialect")
        }
        let streams: String = try row.get(7)
        let tags: String = try row.get(8)
        self.init(
            id: try row.get(0),
            name: try row.get(1),
            dialect: dialect,
            baseURL: try row.get(3),
            headers: BookLines.values(try row.get(4)),
            allowsPrivate: try row.get(5),
            connector: Connector(rawValue: try row.get(6)),
            streams: StreamSupport(rawValue: streams) ?? .both,
            writesThinkTags: tags.isEmpty ? nil : tags == "on",
            proxy: try row.get(9),
            life: life
        )
    }

    /// The provider as routing sees it; one that stands in for a built-in one keeps its short name.
    func provider(in catalogue: Catalogue) -> Provider {
        let builtin = catalogue.provider(id).flatMap { $0.id == id ? $0 : nil }
        return Provider(
            id: id,
            alias: builtin?.alias,
            name: name,
            dialects: connector == .vertex ? Connector.vertexDialects(first: dialect) : [dialect],
            baseURL: baseURL,
            connector: connector,
            headers: headers,
            isDeclared: life.isDeclared,
            allowsPrivate: allowsPrivate,
            // A server of one's own; where it does want a key, its accounts come first.
            needsNoAccount: dialect == .ollama,
            streams: streams,
            writesThinkTags: writesThinkTags
        )
    }
}
