import Dialects
import JSON
import RouterCore
import Secrets

/// What the texts of a request are known as: found in one walk over their bytes, as they stand in the document.
struct TextDigests {
    /// Where a block stands.
    struct Place {
        /// The text's place in the request; `nil` for the list of tools.
        var segment: Int?
        /// The block's first byte in the text.
        var offset: Int
    }

    /// The key of each text.
    private(set) var keys: [MemoryKey] = []
    /// What stands for each block of the list of tools and then of the texts, see ``TextHash``.
    private(set) var blocks: [UInt32] = []
    /// How many of the blocks are of the list of tools.
    private(set) var toolBlocks = 0
    private(set) var toolBytes = 0
    /// Where the blocks of each text end.
    private var ends: [Int] = []

    init(_ facts: Dialects.RequestFacts, _ segments: [TextSegment], _ hash: TextHash) {
        keys.reserveCapacity(segments.count)
        ends.reserveCapacity(segments.count)
        blocks.reserveCapacity(segments.count + facts.root.range.count / TextHash.blockLength)
        let tools = facts.root.member("tools")?.range
        facts.root.withDocumentBytes { document in
            if let tools {
                _ = hash.hash(UnsafeRawBufferPointer(rebasing: document[tools])) { blocks.append($0) }
                (toolBlocks, toolBytes) = (blocks.count, tools.count)
            }
            for index in segments.indices {
                let text = UnsafeRawBufferPointer(rebasing: document[segments[index].contentRange])
                keys.append(MemoryKey(hash.hash(text) { blocks.append($0) }))
                ends.append(blocks.count)
            }
        }
    }

    /// The blocks of a text.
    func blocks(of index: Int) -> ArraySlice<UInt32> {
        blocks[(index == 0 ? toolBlocks : ends[index - 1])..<ends[index]]
    }

    /// Where a block stands; `nil` past the last.
    func place(ofBlock block: Int) -> Place? {
        if block < toolBlocks { return Place(segment: nil, offset: block * TextHash.blockLength) }
        guard let segment = ends.firstIndex(where: { block < $0 }) else { return nil }
        return Place(segment: segment, offset: (block - blocks(of: segment).startIndex) * TextHash.blockLength)
    }
}
