package import Patterns

/// Looks through whole texts.
package enum Engine {
    /// Everything in a text that counts under a plan, in no particular order.
    ///
    /// - Parameters:
    ///   - plan: What to look for.
    ///   - text: Where.
    ///   - skipsInjection: Whether the text is the operator's own.
    ///   - bench: Memory of this thread; what was found is left in it.
    package static func search(
        _ plan: DetectionPlan,
        _ text: CheckedText,
        skipsInjection: Bool = false,
        _ bench: Workbench
    ) {
        bench.found.removeAll(keepingCapacity: true)
        guard text.count > 0, !plan.isEmpty else { return }
        collectRegions(plan, text, bench)
        let folded = skipsInjection || plan.onFolded.isEmpty ? nil : FoldedText(text)
        for index in plan.rules.indices where !bench.regions[index].isEmpty {
            if plan.rules[index].compiled.isInjection, skipsInjection || folded != nil { continue }
            sweep(plan, index, text, bench)
        }
        for index in plan.everywhere { whole(plan, index, text, bench) }
        if let folded { searchFolded(plan, folded, bench) }
    }

    private static func collectRegions(_ plan: DetectionPlan, _ text: CheckedText, _ bench: Workbench) {
        while bench.regions.count < plan.rules.count { bench.regions.append([]) }
        for index in plan.rules.indices { bench.regions[index].removeAll(keepingCapacity: true) }
        bench.hits.removeAll(keepingCapacity: true)
        plan.prefilter.scan(text, into: &bench.hits)
        for hit in bench.hits {
            let range = hit.start..<hit.end
            guard plan.rules[hit.pattern].compiled.literalForm.admits(range, in: text) else { continue }
            bench.regions[hit.pattern].append(range)
        }
        guard plan.needsShapes else { return }
        bench.shapes.removeAll()
        bench.shapes.scan(text)
        for index in plan.onDigits { bench.regions[index] += bench.shapes.digits }
        for index in plan.onDots { bench.regions[index] += bench.shapes.dotted }
        for index in plan.onColons { bench.regions[index] += bench.shapes.colons }
        for index in plan.onAccounts { bench.regions[index] += bench.shapes.accounts }
    }

    /// Runs a rule around its triggers; neighbouring regions are one, so no match is cut or found twice.
    private static func sweep(_ plan: DetectionPlan, _ index: Int, _ text: CheckedText, _ bench: Workbench) {
        let rule = plan.rules[index]
        let sweep = Sweep(rule: rule, index: index, text: text, isOpen: false)
        let (lead, reach) = (rule.compiled.lead, rule.compiled.reach)
        let triggers = bench.regions[index]
        var next = 0
        while next < triggers.count {
            let start = text.boundary(before: triggers[next].lowerBound - lead)
            var end = triggers[next].upperBound + reach
            next += 1
            while next < triggers.count, triggers[next].lowerBound - lead <= end {
                end = max(end, triggers[next].upperBound + reach)
                next += 1
            }
            _ = sweep.run(from: start, to: text.boundary(after: end), bench, into: &bench.found)
        }
    }

    private static func whole(_ plan: DetectionPlan, _ index: Int, _ text: CheckedText, _ bench: Workbench) {
        let sweep = Sweep(rule: plan.rules[index], index: index, text: text, isOpen: false)
        _ = sweep.run(from: 0, to: text.count, bench, into: &bench.found)
    }

    /// The rules against injection on text without its disguises, with the places in the original.
    private static func searchFolded(_ plan: DetectionPlan, _ folded: FoldedText, _ bench: Workbench) {
        let before = bench.found.count
        folded.withText { text in
            collectRegions(plan, text, bench)
            for index in plan.onFolded { sweep(plan, index, text, bench) }
        }
        for index in before..<bench.found.count { bench.found[index].range = folded.original(bench.found[index].range) }
    }
}
