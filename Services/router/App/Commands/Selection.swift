package import Bootstrap

/// Finds what a command's argument names.
package enum Selection {
    /// The one thing meant.
    ///
    /// - Parameters:
    ///   - noun: What it is.
    ///   - plural: What several are; `nil` where that only takes an s.
    ///   - text: What the user wrote.
    ///   - items: What fits.
    ///   - name: What tells one from the other.
    /// - Returns: The only one that fits.
    /// - Throws: ``ProgramFailure`` when nothing fits or several do.
    package static func one<Item>(
        _ noun: String,
        plural: String? = nil,
        _ text: String,
        among items: [Item],
        name: (Item) -> String
    ) throws(ProgramFailure) -> Item {
        let plural = plural ?? "\(noun)s"
        guard let first = items.first else {
            throw ProgramFailure(.failed, "there is no \(noun) \(text); keirouter \(plural) list shows them")
        }
        guard items.count == 1 else {
            let names = items.prefix(5).map(name).joined(separator: ", ")
            throw ProgramFailure(.failed, "\(text) stands for \(items.count) \(plural) (\(names)); name one of them")
        }
        return first
    }
}
