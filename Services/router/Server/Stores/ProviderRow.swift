import Dialects
import RouterCore
import Storage

/// A provider that the file or an operator made.
struct ProviderRow: BookRow {
    static let table = "provider"
    static let columns = ["id", "name", "dialect", "base_url", "headers", "allow_private", "streams", "think_tags"]

    var id: String
    var name: String
    var dialect: Dialect
    /// Ends with the version segment, without a slash behind it.
    var baseURL: String
    /// Names in lower case.
    var headers: [String: String]
    var allowsPrivate: Bool
    /// In which form it answers.
    var streams: StreamSupport
    /// Whether answers may begin with `<think>`; `nil`: the model's name tells.
    var writesThinkTags: Bool?
    var life: RowLife

    var key: String { id }

    var values: [any SQLConvertible] {
        let lines = headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }
        return [
            id, name, dialect.rawValue, baseURL, BookLines.join(lines), allowsPrivate, streams.rawValue,
            writesThinkTags.map { $0 ? "on" : "off" } ?? "",
        ]
    }

    init(
        id: String,
        name: String,
        dialect: Dialect,
        baseURL: String,
        headers: [String: String],
        allowsPrivate: Bool,
        streams: StreamSupport = .both,
        writesThinkTags: Bool? = nil,
        life: RowLife
    ) {
        self.id = id
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL
        self.headers = headers
        self.allowsPrivate = allowsPrivate
        self.streams = streams
        self.writesThinkTags = writesThinkTags
        self.life = life
    }

    init(_ row: SQLRow, life: RowLife) throws(StoreError) {
        let dialect: String = try row.get(2)
        guard let dialect = Dialect(rawValue: dialect) else {
            throw StoreError(.other, "a provider speaks an unknown dialect")
        }
        let streams: String = try row.get(6)
        let tags: String = try row.get(7)
        self.init(
            id: try row.get(0),
            name: try row.get(1),
            dialect: dialect,
            baseURL: try row.get(3),
            headers: Self.headers(try row.get(4)),
            allowsPrivate: try row.get(5),
            streams: StreamSupport(rawValue: streams) ?? .both,
            writesThinkTags: tags.isEmpty ? nil : tags == "on",
            life: life
        )
    }

    private static func headers(_ text: String) -> [String: String] {
        var headers: [String: String] = [:]
        for line in BookLines.split(text) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[String(line[..<colon])] = String(line[colon...].dropFirst(2))
        }
        return headers
    }

    /// The provider as routing sees it; one that stands in for a built-in one keeps its short name.
    func provider(in catalogue: Catalogue) -> Provider {
        let builtin = catalogue.provider(id).flatMap { $0.id == id ? $0 : nil }
        return Provider(
            id: id,
            alias: builtin?.alias,
            name: name,
            dialects: [dialect],
            baseURL: baseURL,
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
