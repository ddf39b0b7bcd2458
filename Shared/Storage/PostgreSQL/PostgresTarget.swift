import CPostgreSQL

/// Which server, which database, which schema; knows the password and never says it.
struct PostgresTarget: Sendable {
    /// Seconds for one attempt to connect, unless the URL says otherwise.
    static let connectTimeout = 5
    /// The most that it may say; its 0 would be for ever.
    private static let longestConnectTimeout = 60

    let schema: String
    /// For messages: host, port, database and schema, nothing else.
    let place: String
    /// libpq's keywords and their values.
    let keywords: [(name: String, value: String)]
    private let password: String

    /// Reads a URL as libpq does, `sslmode` and the like included.
    ///
    /// - Throws: ``StoreError/Kind/unavailable`` when libpq is not installed, or in our own words for a URL that is none:
    ///   libpq's would quote it.
    init(url: String, schema: String) throws(StoreError) {
        if let reason = keirouter_libpq_open() {
            let advice =
                "PostgreSQL needs its client library libpq 5 (Debian: apt-get install libpq5; macOS: brew install libpq)"
            throw StoreError(.unavailable, "\(advice): \(String(cString: reason))")
        }
        var given: [(name: String, value: String)] = []
        guard let options = PQconninfoParse(url, nil) else {
            throw StoreError(.unavailable, "the address of the PostgreSQL database is no valid postgres:// URL")
        }
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val {
                given.append((String(cString: keyword), String(cString: value)))
            }
            option += 1
        }
        PQconninfoFree(options)
        func value(_ name: String) -> String? { given.first { $0.name == name }?.value }
        for (name, value) in Self.defaults where !given.contains(where: { $0.name == name }) {
            given.append((name, value))
        }
        given = given.map { name, value in
            guard name == "connect_timeout" else { return (name, value) }
            let seconds = Int(value).flatMap { $0 > 0 ? min($0, Self.longestConnectTimeout) : nil }
            return (name, String(seconds ?? Self.connectTimeout))
        }
        let port = value("port").map { ":\($0)" } ?? ""
        let host = value("host") ?? value("hostaddr") ?? "the local socket"
        self.schema = schema
        place = "PostgreSQL at \(host)\(port), database \(value("dbname") ?? "(default)"), schema \(schema)"
        password = value("password") ?? ""
        keywords = given
    }

    /// A server that has gone away without a word is noticed within half a minute.
    private static let defaults: [(name: String, value: String)] = [
        ("connect_timeout", "\(connectTimeout)"), ("tcp_user_timeout", "15000"), ("keepalives", "1"),
        ("keepalives_idle", "10"), ("keepalives_interval", "5"), ("keepalives_count", "3"),
        ("application_name", "keirouter"), ("client_encoding", "UTF8"),
    ]

    /// A text of libpq's or the server's, fit for a log: one line without the password.
    func shown(_ text: String) -> String {
        var line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        if !password.isEmpty, line.contains(password) { line = line.split(separator: password).joined(separator: "…") }
        return line
    }

    /// The schema's name as SQL.
    var quotedSchema: String {
        "\"" + schema.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    /// The key of an advisory lock of this schema: FNV-1a, for locks are numbers.
    func lockKey(_ purpose: String) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in "keirouter/\(schema)/\(purpose)".utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(bitPattern: UInt(hash))
    }

    /// The name of a channel of this schema; two installations in one database do not hear each other.
    func channel(_ name: String) -> String { "keirouter_\(schema)_\(name)" }
}
