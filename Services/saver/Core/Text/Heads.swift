/// Literals that lines may begin with, looked up by their first byte.
package struct Heads: Sendable {
    private let byFirst: [[StaticString]]

    package init(_ heads: [StaticString]) {
        var table = [[StaticString]](repeating: [], count: 256)
        for head in heads where head.utf8CodeUnitCount > 0 { table[Int(head.utf8Start[0])].append(head) }
        byFirst = table
    }

    /// Whether the line begins with one of them.
    package func begins(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first else { return false }
        for head in byFirst[Int(first)] where line.starts(head) { return true }
        return false
    }
}
