import Contracts
import GuardCore
import Testing

/// A catalogue of an operator's is read as it stands, or refused by file, entry and field.
@Suite("A catalogue's file")
struct CatalogueFileTests {
    private static func file(_ entry: String, head: String = #""detector":"pii""#) -> String {
        "{\(head),\"define\":{\"n\":\"[0-9]{4}\",\"w\":[\"ticket\",\"case\"]},\"entries\":[\(entry)]}"
    }

    private static let good =
        #"{"id":"own.ticket","entity":"TICKET","reason":"Our tickets.","pattern":"(?:{{w}})-{{n}}","literals":["{{w}}"],"#
        + #""lead":0,"reach":8,"score":0.9,"hits":["see ticket-1234","case-0001"],"misses":["ticket-12"]}"#

    private static func read(_ text: String) throws(CatalogueError) -> CatalogueFile {
        let file = try CatalogueFile(Array(text.utf8), name: "own.json")
        var taken: Set<String> = ["pii.email"]
        try CatalogueCheck.check(file, taken: &taken)
        return file
    }

    @Test("what it defines stands in patterns and literals, and its entries find")
    func reading() throws {
        let catalogue = Catalogue.builtin.adding([try Self.read(Self.file(Self.good))])
        #expect(catalogue.entities(of: .pii).last == "TICKET" && catalogue.version != Catalogue.builtin.version)
        let book = PolicyBook([Search.pii()], builder: PlanBuilder(catalogue))
        let rules = book.prepared(for: Search.scope, .inbound).plan.rules
        #expect(rules.contains { $0.entry.id == "own.ticket" && $0.entry.pattern == "(?:(?:ticket|case))-[0-9]{4}" })
    }

    private static func changed(_ from: String, _ to: String) -> String {
        file(good.replacing(from, with: to))
    }

    @Test(
        "what is wrong is named",
        arguments: [
            (changed("\"own.ticket\"", "\"pii.email\""), "own.json: entry pii.email, id: is taken"),
            (
                changed("see ticket-1234", "see ticket-12"),
                "own.json: entry own.ticket, hits: \"see ticket-12\" is not matched"
            ),
            (file(good.replacing("{{n}}", with: "(")), "own.json: entry own.ticket, pattern: "),
            (changed("{{n}}", "{{x}}"), "own.json: entry own.ticket, define: there is no fragment x"),
            (changed("ticket-12\"", "ticket-1299\""), "own.json: entry own.ticket, misses: \"ticket-1299\" is matched"),
            (changed("0.9", "9"), "own.json: entry own.ticket, score: 0 to 1"),
            (changed("\"score\"", "\"scroe\""), "own.json: entry own.ticket, scroe: there is no such field"),
            (
                changed("\"literals\":[\"{{w}}\"],", ""),
                "own.json: entry own.ticket, literals: is missing, and so is shape"
            ),
            (changed("(?:{{w}})-{{n}}", "(a+)+$"), "own.json: entry own.ticket, pattern: it takes too long"),
            (file(good, head: #""detector":"spam""#), "own.json: detector: expected pii"),
            ("[", "own.json: no JSON"),
        ]
    )
    func refusals(text: String, message: String) throws {
        let error = #expect(throws: CatalogueError.self) { try Self.read(text) }
        #expect(error?.description.hasPrefix(message) == true, "\(error?.description ?? "")")
    }
}
