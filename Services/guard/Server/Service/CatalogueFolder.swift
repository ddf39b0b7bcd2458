import FoundationEssentials
package import GuardCore

/// The operator's catalogues: every `*.json` in the folder `catalogues` of the data folder, read once at the start.
package enum CatalogueFolder {
    package static let name = "catalogues"
    /// Files of a folder.
    static let mostFiles = 64

    /// Reads them and holds each entry to its own examples.
    ///
    /// - Parameter path: The folder; without one there are the built-in catalogues alone.
    /// - Returns: The built-in catalogues and these.
    /// - Throws: ``CatalogueError`` about the first thing that is wrong in a file, by file, entry and field.
    package static func load(_ path: String) throws(CatalogueError) -> Catalogue {
        let names = try names(path)
        guard !names.isEmpty else { return .builtin }
        var taken = Set(Catalogue.builtin.entries.map(\.id))
        var files: [CatalogueFile] = []
        for name in names {
            let file = try CatalogueFile(try bytes(path + "/" + name, name: name), name: name)
            try CatalogueCheck.check(file, taken: &taken)
            files.append(file)
        }
        return Catalogue.builtin.adding(files)
    }

    private static func names(_ path: String) throws(CatalogueError) -> [String] {
        guard FileManager.default.fileExists(atPath: path) else { return [] }
        let all: [String]
        do {
            all = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw CatalogueError(file: path, entry: "", field: "", problem: "cannot be listed: \(error)")
        }
        let names = all.filter { $0.hasSuffix(".json") }.sorted()
        guard names.count <= mostFiles else {
            throw CatalogueError(file: path, entry: "", field: "", problem: "more than \(mostFiles) files")
        }
        return names
    }

    private static func bytes(_ path: String, name: String) throws(CatalogueError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw CatalogueError(file: name, entry: "", field: "", problem: "cannot be read: \(error)")
        }
    }
}
