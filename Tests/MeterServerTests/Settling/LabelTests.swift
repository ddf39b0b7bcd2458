import TestSupport
import Testing

@testable import MeterServer

@Suite("Labels", .bothEngines)
struct LabelTests {
    @Test("a name keeps its number, and a full table files later names as _other")
    func cap() {
        var labels = Labels(ids: [:])
        var added: [(id: Int, text: String)] = []
        let first = labels.number("first", added: &added)
        #expect(added.map(\.text) == ["_other", "first"] && added.map(\.id) == [1, 2])
        #expect(labels.number("first", added: &added) == first)
        for number in 0..<MeterCaps.labels { _ = labels.number("model \(number)", isMadeUp: true, added: &added) }
        #expect(added.count == MeterCaps.labels / 10 * 9)
        #expect(labels.number("one more", isMadeUp: true, added: &added) == 1)
        #expect(labels.number("a provider", added: &added) == added.count)
        for number in 0..<MeterCaps.labels { _ = labels.number("provider \(number)", added: &added) }
        #expect(added.count == MeterCaps.labels)
        #expect(labels.number("another provider", added: &added) == 1)
        #expect(labels.number("first", added: &added) == first)
    }

    @Test("long names are cut between characters, and zero bytes are left out")
    func shortened() throws {
        var labels = Labels(ids: [:])
        var added: [(id: Int, text: String)] = []
        let name = String(repeating: "é\0", count: 1000)
        let number = labels.number(name, added: &added)
        let text = try #require(added.last?.text)
        #expect((200...256).contains(text.utf8.count) && text.allSatisfy { $0 == "é" })
        #expect(labels.number(name, added: &added) == number && added.count == 2)
    }
}
