import Testing

@Suite("Dependencies")
struct DependencyTests {
    @Test("a target imports only what its row of the table allows", arguments: ImportRules.all)
    func imports(rule: ImportRules.Rule) throws {
        let files = try SourceTree.files(under: rule.folder)
        #expect(!files.isEmpty, "\(rule.folder) has no sources")
        for file in files {
            for module in file.imports {
                #expect(rule.allowed.contains(module), "\(file.path) imports \(module)")
            }
        }
    }

    @Test("no service imports another service's targets", arguments: ["router", "guard", "saver", "meter"])
    func services(service: String) throws {
        let others = ["Router", "Guard", "Saver", "Meter", "Portal"].filter { $0.lowercased() != service }
        let files = try SourceTree.files(under: "Services/\(service)")
        try #require(!files.isEmpty)
        for file in files {
            for module in file.imports {
                #expect(!others.contains { module.hasPrefix($0) }, "\(file.path) imports \(module)")
            }
        }
    }
}
