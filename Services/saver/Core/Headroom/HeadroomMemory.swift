/// What Headroom made of texts: the same text gets the same bytes again, although nobody promises that Headroom would.
///
/// Two generations, each of half the budget: when the young one is full the old one goes, and what is used moves on.
package struct HeadroomMemory: Sendable {
    /// What a text was made of.
    package struct Key: Hashable, Sendable {
        package var text: String
        package var tool: String?

        package init(text: String, tool: String?) {
            self.text = text
            self.tool = tool
        }
    }

    /// What it holds unless told otherwise, in bytes of texts, originals and replacements.
    package static let standardLimit = 32 << 20

    private let limit: Int
    private var young: [Key: Saving] = [:]
    private var old: [Key: Saving] = [:]
    private var youngBytes = 0

    package init(limit: Int = HeadroomMemory.standardLimit) {
        self.limit = limit
    }

    package mutating func saving(_ key: Key) -> Saving? {
        if let known = young[key] { return known }
        guard let known = old[key] else { return nil }
        put(known, for: key)
        return known
    }

    package mutating func put(_ saving: Saving, for key: Key) {
        let size = key.text.utf8.count + saving.text.count + 128
        guard size <= limit / 2, young[key] == nil else { return }
        if youngBytes + size > limit / 2 {
            old = young
            young = [:]
            youngBytes = 0
        }
        young[key] = saving
        youngBytes += size
    }
}
