import Testing

@Suite("The style of the house")
struct HouseStyleTests {
    @Test("a file fits its limit", arguments: [("Program", 400), ("Shared", 400), ("Services", 400), ("Tests", 600)])
    func fileLength(folder: String, limit: Int) throws {
        let files = try SourceTree.files(under: folder)
        try #require(!files.isEmpty)
        for file in files {
            #expect(file.lines.count <= limit + 1, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test(
        "what must not occur does not",
        arguments: [
            "fatalError(", "try!", "as!", "DispatchQueue", "DispatchSemaphore", "Thread.sleep", "Task.detached",
            "JSONSerialization", "TODO", "FIXME",
        ]
    )
    func bannedTexts(text: String) throws {
        let files = try SourceTree.files(under: "Shared") + SourceTree.files(under: "Services")
        try #require(!files.isEmpty)
        for file in files {
            for (number, line) in file.lines.enumerated() {
                #expect(!line.contains(text), "\(file.path):\(number + 1) has \(text)")
            }
        }
    }

    @Test("no folder is called after nothing")
    func folderNames() throws {
        let banned: Set<Substring> = ["Utils", "Helpers", "Misc", "Common", "New", "Deprecated"]
        let files = try SourceTree.files(under: "Shared") + SourceTree.files(under: "Services")
        try #require(!files.isEmpty)
        for file in files {
            #expect(banned.isDisjoint(with: file.path.split(separator: "/").dropLast()), "\(file.path)")
        }
    }

    @Test("a target is at most two folders deep")
    func depth() throws {
        for file in try SourceTree.files(under: "Shared") {
            #expect(file.path.split(separator: "/").count <= 5, "\(file.path)")
        }
        for file in try SourceTree.files(under: "Services") {
            #expect(file.path.split(separator: "/").count <= 6, "\(file.path)")
        }
    }

    @Test("unchecked sendability is counted and said why", arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func uncheckedSendability(text: String) throws {
        let files = try SourceTree.files(under: "Shared") + SourceTree.files(under: "Services")
        try #require(!files.isEmpty)
        for file in files {
            for (number, line) in file.lines.enumerated() where line.contains(text) {
                let before = file.lines[max(0, number - 4)...number].joined(separator: " ")
                #expect(before.contains("//"), "\(file.path):\(number + 1) does not say what guards it")
            }
        }
    }
}
