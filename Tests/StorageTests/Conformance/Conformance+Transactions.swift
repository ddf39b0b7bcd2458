import Storage
import Testing

extension Conformance {
    static let transactions = [
        plain("a write that throws leaves nothing") { database in
            try await database.fill(2)
            let error = await expectError(.other) {
                try await database.write { connection throws(StoreError) in
                    try connection.execute("UPDATE account SET balance = 0")
                    try connection.execute("INSERT INTO entry (id, account) VALUES ('e', 'a0')")
                    throw StoreError(.other, "changed my mind")
                }
            }
            #expect(error?.message == "changed my mind")
            #expect(try await database.number("SELECT SUM(balance) FROM account") == 200)
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 0)
        },
        plain("a statement that fails halfway leaves nothing, and the connection and the statement work on") {
            database in
            try await database.fill(2)
            let sql = "INSERT INTO entry (id, account, note) VALUES ($1, $2, $3)"
            for _ in 0..<3 {
                await expectError(.constraint) {
                    try await database.write { connection throws(StoreError) in
                        try connection.execute(sql, ["e1", "a0", "n"])
                        try connection.execute(sql, ["e2", "a0", "n"])
                    }
                }
            }
            try await database.write { connection throws(StoreError) in
                try connection.execute(sql, ["e1", "a0", "n"])
            }
            #expect(try await database.number("SELECT COUNT(*) FROM entry") == 1)
        },
        plain("a constraint that fails may be handled inside the transaction") { database in
            try await database.fill(1)
            let handled = try await database.write { connection throws(StoreError) in
                do throws(StoreError) {
                    try connection.execute("INSERT INTO account (id, balance) VALUES ('a0', 1)")
                    return false
                } catch {
                    try connection.execute("UPDATE account SET balance = 42 WHERE id = 'a0'")
                    return error.constraint == .unique
                }
            }
            #expect(handled)
            #expect(try await database.number("SELECT balance FROM account") == 42)
        },
        plain("errors name the constraint and never the value") { database in
            try await database.fill(1)
            let secret = "secret-value-4711"
            for (sql, constraint) in [
                ("INSERT INTO entry (id, account, note) VALUES ($1, 'a0', 'n')", StoreError.Constraint.unique),
                ("INSERT INTO entry (id, account, note) VALUES ('e2', $1, 'm')", .foreignKey),
                ("INSERT INTO entry (id, account, note) VALUES ($1, NULL, 'm')", .notNull),
                ("INSERT INTO account (id, balance) VALUES ($1, -1)", .check),
            ] {
                let error = await expectError(.constraint) {
                    try await database.write { connection throws(StoreError) in
                        try connection.execute(
                            "INSERT INTO entry (id, account, note) VALUES ($1, 'a0', 'first')",
                            [secret]
                        )
                        try connection.execute(sql, [constraint == .unique ? secret : secret + "x"])
                    }
                }
                #expect(error?.constraint == constraint)
                #expect(error?.message.contains(secret) == false)
            }
        },
        plain("a read may not write") { database in
            try await database.fill(1)
            await expectError(.other) {
                try await database.read { connection throws(StoreError) in
                    try connection.execute("UPDATE account SET balance = 0")
                }
            }
            #expect(try await database.number("SELECT balance FROM account") == 100)
        },
        plain("a task that is cancelled already changes nothing") { database in
            try await database.fill(1)
            let error = await withTaskGroup(of: StoreError?.self) { group in
                group.cancelAll()
                group.addTask {
                    await expectError(.cancelled) {
                        try await database.write { connection throws(StoreError) in
                            try connection.execute("UPDATE account SET balance = 0")
                        }
                    }
                }
                return await group.next() ?? nil
            }
            #expect(error != nil)
            #expect(try await database.number("SELECT balance FROM account") == 100)
        },
        plain("after closing every call says so, and closing again is fine") { database in
            try await database.fill(1)
            await database.close()
            await database.close()
            await expectError(.unavailable) { try await database.number("SELECT 1") }
            await expectError(.unavailable) {
                try await database.write { connection throws(StoreError) in
                    try connection.execute("DELETE FROM account")
                }
            }
            await expectError(.unavailable) { try await database.migrate(accountMigrations) }
            await expectError(.unavailable) { try await database.findDamage() }
        },
    ]

    static let concurrency = [
        plain("two hundred writers at once lose no update") { database in
            try await database.fill(1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<200 {
                    group.addTask {
                        try await database.write { connection throws(StoreError) in
                            let balance = try connection.first("SELECT balance FROM account") {
                                row throws(StoreError) in
                                try row.get(0, as: Int.self)
                            }
                            try connection.execute("UPDATE account SET balance = $1", [(balance ?? 0) + 1])
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(try await database.number("SELECT balance FROM account") == 300)
        },
        plain("readers beside a writer see whole transactions, and one state in one read") { database in
            try await database.fill(10)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for round in 0..<200 {
                        try await database.write { connection throws(StoreError) in
                            let sql = "UPDATE account SET balance = balance + $1 WHERE id = $2"
                            try connection.execute(sql, [-1, "a\(round % 10)"])
                            try connection.execute(sql, [1, "a\((round + 3) % 10)"])
                        }
                    }
                }
                for _ in 0..<8 {
                    group.addTask {
                        for _ in 0..<50 {
                            let sums = try await database.read { connection throws(StoreError) in
                                [try connection.sums(), try connection.sums()]
                            }
                            #expect(sums[0].first == 1000)
                            #expect(sums[0] == sums[1])
                        }
                    }
                }
                try await group.waitForAll()
            }
        },
        plain("closing waits for the write that runs") { database in
            try await database.fill(1)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        do {
                            try await database.write { connection throws(StoreError) in
                                try connection.execute("UPDATE account SET balance = balance + 1")
                            }
                        } catch let error as StoreError {
                            #expect(error.kind == .unavailable, "\(error)")
                        }
                    }
                }
                group.addTask { await database.close() }
                try await group.waitForAll()
            }
        },
    ]
}

extension SQLConnection {
    /// The sum of all balances, then each.
    fileprivate func sums() throws(StoreError) -> [Int] {
        let balances = try query("SELECT balance FROM account ORDER BY id") { row throws(StoreError) in
            try row.get(0, as: Int.self)
        }
        return [balances.reduce(0, +)] + balances
    }
}
