package import Patterns

/// Looks through whole texts.
package enum Engine {
    /// Everything in a text that counts under a plan, in no particular order.
    ///
    /// - Parameters:
    ///   - plan: What to look for.
    ///   - text: Where.
    ///   - skipping: Detectors that do not look at such a text.
    ///   - bench: Memory of this thread; what was found is left in it.
    package static func search(
        _ plan: DetectionPlan,
        _ text: CheckedText,
        skipping: Set<Detector> = [],
        _ bench: Workbench
    ) {
        bench.found.removeAll(keepingCapacity: true)
        guard text.count > 0, !plan.isEmpty else { return }
        collectRegions(plan, text, bench)
        let readsFolded = plan.onFolded.contains { !skipping.contains(plan.rules[$0].compiled.detector) }
        let folded = readsFolded ? FoldedText(text) : nil
        for index in plan.rules.indices where !bench.regions[index].isEmpty {
            let compiled = plan.rules[index].compiled
            if skipping.contains(compiled.detector) || folded != nil && compiled.readsFolded { continue }
            sweep(plan, index, text, bench)
        }
        for index in plan.everywhere { whole(plan, index, text, bench) }
        if let folded { searchFolded(plan, folded, skipping: skipping, bench) }
        if plan.readsEncoded, !skipping.contains(.injection) { searchEncoded(plan, text, bench) }
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
        if !plan.onInvisible.isEmpty {
            let invisible = FoldedText.invisible(text)
            for index in plan.onInvisible { bench.regions[index] += invisible }
        }
        guard plan.needsShapes else { return }
        bench.shapes.removeAll()
        bench.shapes.scan(text)
        for index in plan.onDigits { bench.regions[index] += bench.shapes.digits }
        for index in plan.onDots { bench.regions[index] += bench.shapes.dotted }
        for index in plan.onColons { bench.regions[index] += bench.shapes.colons }
        for index in plan.onAccounts { bench.regions[index] += bench.shapes.accounts }
        for index in plan.onCoins { bench.regions[index] += bench.shapes.coins }
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
    private static func searchFolded(
        _ plan: DetectionPlan,
        _ folded: FoldedText,
        skipping: Set<Detector>,
        _ bench: Workbench
    ) {
        let before = bench.found.count
        folded.withText { text in
            collectRegions(plan, text, bench)
            for index in plan.onFolded where !skipping.contains(plan.rules[index].compiled.detector) {
                sweep(plan, index, text, bench)
            }
        }
        for index in before..<bench.found.count { bench.found[index].range = folded.original(bench.found[index].range) }
    }

    /// The rules against injection on what runs of base64, hexadecimal digits and escapes decode to.
    ///
    /// What is found there stands for the whole run. One level, so that the work stays linear.
    private static func searchEncoded(_ plan: DetectionPlan, _ text: CheckedText, _ bench: Workbench) {
        for run in EncodedRuns.all(in: text) {
            let before = bench.found.count
            run.decoded.withUnsafeBufferPointer { bytes in
                guard let decoded = CheckedText(checking: bytes) else { return }
                collectRegions(plan, decoded, bench)
                for index in plan.onFolded where plan.rules[index].compiled.detector == .injection {
                    sweep(plan, index, decoded, bench)
                }
            }
            for index in before..<bench.found.count { bench.found[index].range = run.range }
        }
    }
}
