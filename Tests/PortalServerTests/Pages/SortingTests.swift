import PortalCore
import Testing

@testable import PortalServer

@Suite("Orders of lists")
struct SortingTests {
    private static let columns = [
        Sorting.Column(name: "name", title: "Name"), Sorting.Column(title: "Key"),
        Sorting.Column(name: "spent", title: "Spent", isFigure: true),
        Sorting.Column(name: "time", title: "Time", isFigure: true, isFixed: true),
    ]

    private static func sorting(_ text: String) -> Sorting {
        Sorting(PageQuery(text, names: ["sort"]), columns, standard: "name")
    }

    @Test(
        "Names begin upwards, figures downwards, and a minus turns either around",
        arguments: [
            ("", "name", false), ("sort=name", "name", false), ("sort=-name", "name", true),
            ("sort=spent", "spent", true), ("sort=-spent", "spent", false), ("sort=time", "time", true),
            ("sort=-time", "name", false), ("sort=-", "name", false), ("sort=nothing", "name", false),
        ]
    )
    func orders(text: String, column: String, isDescending: Bool) {
        #expect(Self.sorting(text).column == column)
        #expect(Self.sorting(text).isDescending == isDescending)
    }

    @Test("A head leads to its column, the current one to the other way around")
    func heads() {
        let query = PageQuery("sort=spent", names: ["sort"])
        let heads = Self.sorting("sort=spent").heads("/keys", query, Self.columns)
        #expect(heads.map(\.href) == ["/keys?sort=name", nil, "/keys?sort=-spent", "/keys?sort=time"])
        #expect(heads.map(\.order) == [nil, nil, "descending", nil])
    }

    @Test("What is equal keeps its order, upwards and downwards")
    func stability() {
        let items = [("a", 1), ("b", 2), ("c", 1), ("d", 2)]
        #expect(Self.sorting("sort=name").sorted(items, by: \.1).map(\.0) == ["a", "c", "b", "d"])
        #expect(Self.sorting("sort=spent").sorted(items, by: \.1).map(\.0) == ["b", "d", "a", "c"])
    }

    @Test("A browser is named by itself and its system; what is no browser is shown as it is")
    func browsers() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"
        #expect(Words.browser(chrome) == "Chrome 140 on Linux")
        #expect(Words.browser("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) Version/17.4 Safari/605") == "Safari 17 on macOS")
        #expect(Words.browser("<b>mine</b>") == "<b>mine</b>")
        #expect(Words.browser("").isEmpty == false)
    }

    @Test(
        "A list of models has a rule for a model by its whole or its bare name",
        arguments: [
            ("acme/m1", [[String]](), true), ("acme/m1", [["m*"]], true), ("acme/m1", [["acme/*"], ["m1"]], true),
            ("acme/m1", [["m*"], ["other"]], false), ("acme/M1", [["m1"]], true), ("acme/m1", [["*x*"]], false),
        ]
    )
    func allowance(name: String, lists: [[String]], isAllowed: Bool) {
        #expect(SampleModel.allows(name, lists) == isAllowed)
    }

    @Test("A spreadsheet gets text where a formula would be, and quotes where they must be")
    func cells() {
        #expect(ExportTables.cell("=1+1") == "'=1+1")
        #expect(ExportTables.cell("a,\"b\"") == "\"a,\"\"b\"\"\"")
        let table = ExportTable<Int>(names: ["n", "twice"]) { ["\($0)", "\($0 * 2)"] }
        #expect(table.csv([1, 2]) == "n,twice\r\n1,2\r\n2,4\r\n")
    }
}
