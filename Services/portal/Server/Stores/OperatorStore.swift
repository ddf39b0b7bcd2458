import Storage

/// The operator's password, as its hash, and the claim that leads to the first one.
enum OperatorStore {
    private static let id = "operator"

    /// A claim as it is stored: hashes alone.
    struct Claim: Hashable, Sendable {
        var code: String
        /// The hash of the ticket that the right code was exchanged for; `nil` while the code is unused.
        var ticket: String?
        var ticketUS: Int?
    }

    static func password(_ connection: any SQLConnection) throws(StoreError) -> String? {
        try connection.first("SELECT password FROM operator WHERE id = $1", [id]) { row throws(StoreError) in
            try row.get(0, as: String.self)
        }
    }

    /// Stores the first password.
    ///
    /// - Returns: Whether it was the first.
    static func setFirst(_ hash: String, at nowUS: Int, _ connection: any SQLConnection) throws(StoreError) -> Bool {
        try connection.execute(
            "INSERT INTO operator (id, password, changed_us) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING",
            [id, hash, nowUS]
        ) == 1
    }

    static func replace(_ hash: String, at nowUS: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute(
            "UPDATE operator SET password = $1, changed_us = $2 WHERE id = $3",
            [hash, nowUS, id]
        )
    }

    static func forget(_ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM operator")
        try connection.execute("DELETE FROM claim")
    }

    // MARK: Claim

    /// Stores a new claim in place of whichever there was.
    static func makeClaim(_ code: String, at nowUS: Int, _ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM claim")
        try connection.execute("INSERT INTO claim (id, code, created_us) VALUES ($1, $2, $3)", [id, code, nowUS])
    }

    static func claim(_ connection: any SQLConnection) throws(StoreError) -> Claim? {
        try connection.first("SELECT code, ticket, ticket_us FROM claim WHERE id = $1", [id]) {
            row throws(StoreError) in
            Claim(code: try row.get(0), ticket: try row.get(1), ticketUS: try row.get(2))
        }
    }

    /// Exchanges the code for a ticket.
    ///
    /// - Returns: Whether the code was there and unused.
    static func exchange(
        code: String,
        for ticket: String,
        at nowUS: Int,
        _ connection: any SQLConnection
    ) throws(StoreError) -> Bool {
        try connection.execute(
            "UPDATE claim SET ticket = $1, ticket_us = $2 WHERE code = $3 AND ticket IS NULL",
            [ticket, nowUS, code]
        ) == 1
    }

    static func dropClaim(_ connection: any SQLConnection) throws(StoreError) {
        try connection.execute("DELETE FROM claim")
    }
}
