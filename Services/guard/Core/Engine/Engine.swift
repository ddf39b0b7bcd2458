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
        skipping: DetectorSet = [],
        _ bench: Workbench
    ) {
        bench.startText(plan)
        guard text.count > 0, !plan.isEmpty else { return }
        let readsFolded = !plan.foldedDetectors.subtracting(skipping).isEmpty
        let folded = readsFolded ? FoldedText(text) : nil
        collectRegions(plan, text, bench)
        for index in bench.regions.touched {
            let compiled = plan.rules[index].compiled
            if skipping.contains(compiled.detectorBit) || folded != nil && compiled.readsFolded { continue }
            sweep(plan, index, text, bench)
        }
        for index in plan.everywhere { whole(plan, index, text, bench) }
        if let folded { searchFolded(plan, folded, skipping: skipping, bench) }
        if plan.readsEncoded, !skipping.contains(.injection) { searchEncoded(plan, text, bench) }
    }

    /// Finds where the rules are to look; in text that was decoded, those alone that read such text.
    private static func collectRegions(
        _ plan: DetectionPlan,
        _ text: CheckedText,
        _ bench: Workbench,
        isDecoded: Bool = false
    ) {
        bench.regions.reset(rules: plan.rules.count)
        plan.prefilter.scan(text) { hit in
            let reach = plan.reaches[hit.pattern]
            let range = hit.start..<hit.end
            guard !isDecoded || reach.readsDecoded, reach.form.admits(range, in: text) else { return }
            bench.regions.add(range, hit.pattern, reach)
        }
        defer { bench.regions.close() }
        func add(_ triggers: [Range<Int>], _ rules: [Int]) {
            for index in rules {
                let reach = plan.reaches[index]
                for trigger in triggers { bench.regions.add(trigger, index, reach) }
            }
        }
        if !plan.onInvisible.isEmpty, !isDecoded { add(FoldedText.invisible(text), plan.onInvisible) }
        guard plan.needsShapes, !isDecoded else { return }
        bench.shapes.removeAll()
        bench.shapes.scan(text)
        add(bench.shapes.digits, plan.onDigits)
        add(bench.shapes.dotted, plan.onDots)
        add(bench.shapes.colons, plan.onColons)
        add(bench.shapes.accounts, plan.onAccounts)
        add(bench.shapes.coins, plan.onCoins)
    }

    /// Runs a rule in its regions, and returns how many more of its matches would change anything.
    @discardableResult
    private static func sweep(
        _ plan: DetectionPlan,
        _ index: Int,
        _ text: CheckedText,
        _ bench: Workbench,
        room: Int? = nil
    ) -> Int {
        let rule = plan.rules[index]
        let group = plan.groups.byRule[index]
        var sweep = Sweep(
            rule: rule,
            index: index,
            text: text,
            isOpen: false,
            room: room ?? rule.mostMatches,
            groupRoom: bench.groupRooms[group]
        )
        var budget = MatchBudget()
        defer {
            bench.count(budget)
            bench.groupRooms[group] = sweep.groupRoom
        }
        let companions = rule.compiled.companions
        for region in bench.regions.byRule[index] where sweep.hasRoom {
            let region = text.boundary(before: region.lowerBound)..<text.boundary(after: region.upperBound)
            let (start, end) = (region.lowerBound, region.upperBound)
            guard Companions.isLong(region, rule.compiled) else {
                guard Companions.stand(companions, in: text, region) else { continue }
                _ = sweep.run(from: start, to: end, bench, &budget, into: &bench.found)
                continue
            }
            var next = start
            for stretch in Companions.stretches(of: rule.compiled, companions, in: text, region)
            where sweep.hasRoom {
                next = text.boundary(after: max(next, stretch.lowerBound))
                guard next <= stretch.upperBound else { continue }
                next = sweep.run(from: next, last: stretch.upperBound, to: end, bench, &budget, into: &bench.found)
            }
        }
        return sweep.room
    }

    /// Bytes that a rule which runs everywhere sees at once, and how much of them the next piece sees again: a match may be as long.
    ///
    /// What such a pattern costs may grow with the square of what it sees, and more.
    private static let piece = 16 << 10
    private static let overlap = 8 << 10

    private static func whole(_ plan: DetectionPlan, _ index: Int, _ text: CheckedText, _ bench: Workbench) {
        var sweep = Sweep(rule: plan.rules[index], index: index, text: text, isOpen: false)
        var budget = MatchBudget()
        var start = 0
        while start < text.count {
            let end = text.boundary(after: start + piece)
            var found: [Found] = []
            _ = sweep.run(from: start, to: end, bench, &budget, into: &found)
            guard end < text.count, !plan.rules[index].compiled.quarantine.isClosed else {
                bench.found += found
                return
            }
            // What begins in the part that is seen again is found again, then with all that follows.
            let cut = text.boundary(before: end - overlap)
            found.removeAll { $0.range.lowerBound >= cut }
            bench.found += found
            start = max(cut, found.last?.range.upperBound ?? 0)
        }
    }

    /// The rules against injection on text without its disguises, with the places in the original.
    private static func searchFolded(
        _ plan: DetectionPlan,
        _ folded: FoldedText,
        skipping: DetectorSet,
        _ bench: Workbench
    ) {
        let before = bench.found.count
        folded.withText { text in
            collectRegions(plan, text, bench)
            for index in bench.regions.touched {
                let compiled = plan.rules[index].compiled
                guard compiled.readsFolded, !skipping.contains(compiled.detectorBit) else { continue }
                sweep(plan, index, text, bench)
            }
        }
        for index in before..<bench.found.count { bench.found[index].range = folded.original(bench.found[index].range) }
    }

    /// The rules against injection on what runs of base64, hexadecimal digits and escapes decode to.
    ///
    /// What is found there stands for the whole run. One level, so that the work stays linear.
    private static func searchEncoded(_ plan: DetectionPlan, _ text: CheckedText, _ bench: Workbench) {
        let runs = EncodedRuns.all(in: text)
        guard !runs.isEmpty else { return }
        // What is found in many runs is found often enough, as in one text.
        var rooms = plan.rules.map(\.mostMatches)
        for run in runs {
            guard plan.groups.decoded.contains(where: { bench.groupRooms[$0] > 0 }) else { return }
            let before = bench.found.count
            run.decoded.withUnsafeBufferPointer { bytes in
                guard let decoded = CheckedText(checking: bytes) else { return }
                collectRegions(plan, decoded, bench, isDecoded: true)
                for index in bench.regions.touched where plan.rules[index].compiled.readsDecoded {
                    guard rooms[index] > 0 else { continue }
                    rooms[index] = sweep(plan, index, decoded, bench, room: rooms[index])
                }
            }
            for index in before..<bench.found.count { bench.found[index].range = run.range }
        }
    }
}
