import Contracts
import Patterns

/// Holds an entry to its own word before it meets traffic: its pattern compiles and is quick, its examples come out as they say.
package enum CatalogueCheck {
    /// Checks entries that did not come with the product.
    ///
    /// - Parameters:
    ///   - file: The catalogue they are from.
    ///   - taken: Ids that other catalogues have.
    /// - Throws: ``CatalogueError`` about the first entry that does not hold.
    package static func check(_ file: CatalogueFile, taken: inout Set<String>) throws(CatalogueError) {
        for entry in file.entries {
            func failure(_ field: String, _ problem: String) -> CatalogueError {
                CatalogueError(file: file.name, entry: entry.id, field: field, problem: problem)
            }
            guard taken.insert(entry.id).inserted else { throw failure("id", "is taken") }
            do throws(PatternRefusal) {
                try PatternProbe.check(
                    entry.pattern,
                    options: entry.options,
                    limits: CompiledEntry.limits(entry.detector)
                )
            } catch {
                throw failure("pattern", "\(error)")
            }
            guard let compiled = try? CompiledEntry(entry) else { throw failure("pattern", "cannot be compiled") }
            guard !entry.hits.isEmpty else { throw failure("hits", "has no example") }
            guard !entry.misses.isEmpty else { throw failure("misses", "has no example") }
            if let wrong = firstWrong(compiled) { throw failure(wrong.field, "\"\(wrong.text)\" \(wrong.problem)") }
        }
    }

    /// The first example that comes out otherwise than its entry says.
    package static func firstWrong(_ compiled: CompiledEntry) -> (field: String, text: String, problem: String)? {
        let entry = compiled.entry
        let least = PlanBuilder.leastScore(entry.detector)
        let plan = DetectionPlan(rules: [Rule(compiled, action: .logOnly, minimumScore: least)])
        if let text = entry.hits.first(where: { !isFound($0, plan) }) { return ("hits", text, "is not matched") }
        if let text = entry.misses.first(where: { isFound($0, plan) }) { return ("misses", text, "is matched") }
        return nil
    }

    private static func isFound(_ text: String, _ plan: DetectionPlan) -> Bool {
        var text = text
        let bench = Workbench()
        return text.withUTF8 { bytes in
            Engine.search(plan, CheckedText(valid: bytes), bench)
            return !bench.found.isEmpty
        }
    }
}
