import Contracts
import GuardCore
import GuardServer
import TestSupport
import Testing

/// A catalogue of the operator's in the data folder.
@Suite("The operator's catalogues")
struct CatalogueFolderTests {
    private static let text = #"""
        {"detector": "pii", "languages": ["en"], "entries": [{
          "id": "own.badge", "entity": "BADGE", "reason": "Numbers on our badges.", "pattern": "B-[0-9]{5}", "literals": ["b-"],
          "reach": 8, "score": 0.9, "hits": ["badge B-12345"], "misses": ["B-123"]}]}
        """#

    private static func folder(_ text: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try folder.write(text, to: "own.json")
        return folder
    }

    @Test("acts like a built-in one, and is listed")
    func use() async throws {
        var setup = GuardSetup()
        let folder = try Self.folder(Self.text)
        setup.catalogue = try CatalogueFolder.load(folder.path)
        try await withGuard(setup) { guarding async throws in
            try await guarding.put(
                PolicyItem(scope: "global", pii: PIISection(enabled: true, action: .mask, entities: ["BADGE": ""]))
            )
            let reply = try await guarding.inspect("badge B-12345 is lost")
            #expect(reply.edits.map(\.replacement) == ["<BADGE>"])
            let list = try await guarding.call(AdminMethods.guardV1.catalogues.list, ListRequest())
            #expect(list.items.filter { !$0.builtin }.map(\.id) == ["own.json"])
        }
    }

    @Test("no folder is no catalogue; a broken file stops the start by name")
    func starts() throws {
        #expect(try CatalogueFolder.load("/nowhere/at/all").files.count == Catalogue.builtin.files.count)
        let folder = try Self.folder(Self.text.replacing("B-123\"", with: "B-12399\""))
        let error = #expect(throws: CatalogueError.self) { try CatalogueFolder.load(folder.path) }
        #expect(error?.description == "own.json: entry own.badge, misses: \"B-12399\" is matched")
    }
}
