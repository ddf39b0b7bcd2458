import GRDB

extension StoreError {
    /// The error of a driver's call in the terms of the interface.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - path: The database's file, for the message.
    ///   - isReading: Whether the connection was a reader, which is never allowed to write.
    init(sqlite error: any Error, path: String, isReading: Bool = false) {
        switch error {
        case let error as StoreError:
            self = error
        case is CancellationError:
            self.init(.cancelled, "the call was cancelled")
        case let error as DatabaseError:
            self.init(
                code: error.resultCode.rawValue,
                extended: error.extendedResultCode.rawValue,
                text: error.message ?? "no message",
                sql: error.sql,
                path: path,
                isReading: isReading
            )
        default:
            self.init(.other, "\(path): \(error)")
        }
    }

    /// What a result code of SQLite means here.
    init(code: Int32, extended: Int32, text: String, sql: String? = nil, path: String, isReading: Bool = false) {
        let detail = "\(text) (SQLite \(extended))"
        switch ResultCode(rawValue: code) {
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "\(path) is locked by another process: \(detail)")
        case .SQLITE_FULL:
            self.init(.full, "no space left for \(path): \(detail)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_FORMAT:
            self.init(.corrupt, "\(path) is damaged or no database; restore a backup: \(detail)")
        case .SQLITE_READONLY where isReading:
            self.init(.other, "a read may not write: \(sql?.prefix(200) ?? "")")
        case .SQLITE_READONLY, .SQLITE_PERM:
            self.init(.readOnly, "\(path) cannot be written: \(detail)")
        case .SQLITE_CANTOPEN, .SQLITE_IOERR, .SQLITE_PROTOCOL, .SQLITE_NOMEM, .SQLITE_NOLFS:
            self.init(.unavailable, "\(path) cannot be read or written: \(detail)")
        case .SQLITE_INTERRUPT:
            self.init(.cancelled, "the call was cancelled")
        case .SQLITE_CONSTRAINT:
            self.init(.constraint, detail, constraint: Self.constraint(extended))
        default:
            self.init(.other, sql.map { "\(detail): \($0.prefix(200))" } ?? detail)
        }
    }

    private static func constraint(_ extended: Int32) -> Constraint? {
        switch ResultCode(rawValue: extended) {
        case .SQLITE_CONSTRAINT_UNIQUE, .SQLITE_CONSTRAINT_PRIMARYKEY, .SQLITE_CONSTRAINT_ROWID: .unique
        case .SQLITE_CONSTRAINT_FOREIGNKEY: .foreignKey
        case .SQLITE_CONSTRAINT_NOTNULL: .notNull
        case .SQLITE_CONSTRAINT_CHECK: .check
        default: nil
        }
    }
}
