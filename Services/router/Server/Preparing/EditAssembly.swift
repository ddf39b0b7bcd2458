import Contracts
import Dialects
import JSON
import RouterCore

/// What savers make of a request.
struct SavedTexts: Sendable {
    /// By the place of the text; `nil` for one that no saver touches.
    var savings: [RememberedSaving?] = []
    var directives: [AddedDirective] = []
    /// The instructions that the conversation goes without, to compare.
    var heldOut: [AddedDirective] = []

    static let untouched = SavedTexts()

    func saving(_ index: Int) -> RememberedSaving? {
        savings.indices.contains(index) ? savings[index] : nil
    }
}

/// Puts the guard's edits and the savers' replacements together to edits of the client's document.
struct EditAssembly {
    let request: PreparationRequest
    let guarded: GuardedTexts
    let saved: SavedTexts

    func edits() -> PreparedEdits {
        var prepared = PreparedEdits()
        guard
            !guarded.verdicts.isEmpty || !saved.savings.isEmpty || !saved.directives.isEmpty || !saved.heldOut.isEmpty
        else { return prepared }
        if !guarded.verdicts.isEmpty || !saved.savings.isEmpty { addTexts(&prepared) }
        prepared.edits += DirectiveEdits.edits(request.facts, adding: saved.directives.map(\.text))
        prepared.savings = savings()
        return prepared
    }

    private func addTexts(_ prepared: inout PreparedEdits) {
        var removed = RemovedBlocks()
        var placeholders: Set<String> = []
        let segments = request.segments.all
        // By index: a copy of a text's description costs more than all that is asked of it.
        for index in segments.indices {
            let saving = saved.saving(index)
            let verdict = guarded.verdict(index)
            guard saving != nil || verdict != nil else { continue }
            for restore in verdict?.restores ?? [] where placeholders.insert(restore.placeholder).inserted {
                prepared.restores.append(restore)
            }
            let replacement = saving?.bytes
            guard replacement != nil || verdict?.edits.isEmpty == false else { continue }
            if let block = segments[index].signedBlock {
                removed.add(block)
            } else if let replacement {
                prepared.edits.append(JSONEdit(range: segments[index].contentRange, replacement: replacement))
            } else {
                prepared.edits += TextSplice.documentEdits(verdict?.edits ?? [], of: segments[index])
            }
        }
        prepared.edits += removed.edits()
    }

    // MARK: The record

    private struct Kind: Hashable {
        var saver: String
        var rule: String
        var priceClass: String
    }

    /// What was saved, summed by saver, rule and price.
    private func savings() -> [Saving] {
        var order: [Kind] = []
        var sums: [(before: Int, after: Int)] = []
        var places: [Kind: Int] = [:]
        var place = 0
        func add(_ kind: Kind, _ before: Int, _ after: Int) {
            // A text is mostly of the kind of the one before it.
            if order.isEmpty || order[place] != kind {
                place = places[kind] ?? order.count
                if place == order.count {
                    places[kind] = place
                    order.append(kind)
                    sums.append((0, 0))
                }
            }
            sums[place].before += before
            sums[place].after += after
        }
        let lastMark = request.segments.lastMark
        if !saved.savings.isEmpty {
            let segments = request.segments.all
            for index in segments.indices {
                guard let saving = saved.saving(index), saving.bytes != nil else { continue }
                let isWritten = lastMark.map { index <= $0 } ?? false
                let kind = Kind(
                    saver: saving.saver,
                    rule: saving.rule,
                    priceClass: priceClass(segments[index], isWritten: isWritten)
                )
                add(kind, saving.tokensBefore, saving.tokensAfter)
            }
        }
        let isOld = !saved.directives.isEmpty && request.segments.hasAssistantTurn
        for directive in saved.directives {
            let new = lastMark == nil ? "input" : "cache_write"
            let kind = Kind(saver: directive.saver, rule: directive.level, priceClass: isOld ? "cache_read" : new)
            add(kind, 0, directive.tokens)
        }
        for directive in saved.heldOut {
            add(Kind(saver: directive.saver, rule: directive.level, priceClass: "held_out"), 0, 0)
        }
        return zip(order, sums).map { kind, sum in
            Saving(
                saver: kind.saver,
                rule: kind.rule,
                tokensBefore: sum.before,
                tokensAfter: sum.after,
                priceClass: kind.priceClass
            )
        }
    }

    /// What the tokens would have cost: those of earlier turns are read from the provider's cache, and up to the last
    /// mark they are written to it.
    private func priceClass(_ segment: TextSegment, isWritten: Bool) -> String {
        if segment.isBeforeLastAssistant { return "cache_read" }
        return isWritten ? "cache_write" : "input"
    }
}

/// Signed blocks whose text had to change: they are left out, since a provider would refuse them.
private struct RemovedBlocks {
    private var positions: [Int: Set<Int>] = [:]
    private var arrays: [Int: JSONCursor] = [:]

    mutating func add(_ block: TextSegment.SignedBlock) {
        let place = block.blocks.range.lowerBound
        arrays[place] = block.blocks
        positions[place, default: []].insert(block.position)
    }

    func edits() -> [JSONEdit] {
        var edits: [JSONEdit] = []
        for (place, blocks) in arrays {
            let gone = positions[place] ?? []
            let isEmptied = gone.count == blocks.count
            for position in gone.sorted() {
                guard isEmptied, position == 0 else {
                    if let edit = JSONEdit.removeElement(at: position, from: blocks) { edits.append(edit) }
                    continue
                }
                // A message without content is refused: a word stands for what was left out.
                if let block = blocks[0] { edits.append(.replace(block, with: Array(Self.stand.utf8))) }
            }
        }
        return edits
    }

    private static let stand = #"{"type":"text","text":"(left out)"}"#
}
