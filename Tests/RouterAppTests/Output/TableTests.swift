import RouterApp
import Testing

@Suite("Tables")
struct TableTests {
    @Test("columns are aligned and lines end without spaces")
    func alignment() {
        var table = Table([.init("name"), .init("cost", .right), .init("state")])
        table.add(["a", "$0.50", "live"])
        table.add(["longer", "unpriced", ""])
        #expect(
            table.text == """
                NAME        COST  STATE
                a          $0.50  live
                longer  unpriced

                """
        )
    }

    @Test("a name cannot break the table or reach the terminal")
    func controls() {
        var table = Table([.init("name"), .init("plan")])
        table.add(["a\nb\u{1B}[31m", "p"])
        let lines = table.text.split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[1] == "a\u{FFFD}b\u{FFFD}[31m  p")
    }

    @Test("missing cells are empty and further ones are left out")
    func ragged() {
        var table = Table([.init("a"), .init("b")])
        #expect(table.isEmpty)
        table.add(["1"])
        table.add(["1", "2", "3"])
        #expect(table.text == "A  B\n1\n1  2\n")
    }

    @Test("letters count as one column whatever their bytes")
    func letters() {
        var table = Table([.init("key"), .init("n", .right)])
        table.add(["kr_ab…yz", "1"])
        table.add(["é", "10"])
        #expect(table.text == "KEY        N\nkr_ab…yz   1\né         10\n")
    }
}
