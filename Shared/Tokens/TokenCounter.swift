/// Counts the tokens of text as OpenAI's tokenizers do, byte for byte; for other models the counts are an estimate.
///
/// Text is UTF-8. Bytes that are not count as they are, each a character of its own. Names of special tokens, such as
/// `<|endoftext|>`, are text like any other. A single word or run of punctuation longer than 16 KiB is counted in parts of
/// that size and may come out a token or two higher for each.
package struct TokenCounter: Sendable {
    /// The vocabulary of GPT-4o and later.
    package static let o200k = TokenCounter(.o200k)
    /// The vocabulary of GPT-4, GPT-3.5 and the embedding models of their time.
    package static let cl100k = TokenCounter(.cl100k)

    /// How text is split before its bytes are merged.
    private enum Splitting: Sendable {
        case o200k
        case cl100k
    }

    private let splitting: Splitting
    private let vocabulary: Vocabulary

    private init(_ splitting: Splitting) {
        self.splitting = splitting
        vocabulary =
            switch splitting {
            case .o200k: .o200k
            case .cl100k: .cl100k
            }
    }

    /// How many tokens the text has; in time linear in its length, with at most a megabyte of memory.
    package func count(_ text: UnsafeRawBufferPointer) -> Int {
        var count = 0
        var merger = PairMerger(vocabulary)
        forEachPiece(of: text) { piece, rank in
            count += rank == Vocabulary.none ? merger.merge(piece) { _ in } : 1
        }
        return count
    }

    /// How many tokens the text has.
    package func count(_ text: some Collection<UInt8>) -> Int {
        if let count = text.withContiguousStorageIfAvailable({ count(UnsafeRawBufferPointer($0)) }) { return count }
        return Array(text).withUnsafeBytes { count($0) }
    }

    /// The tokens' ids.
    package func encode(_ text: UnsafeRawBufferPointer) -> [Int] {
        var ids: [Int] = []
        var merger = PairMerger(vocabulary)
        forEachPiece(of: text) { piece, rank in
            guard rank == Vocabulary.none else { return ids.append(Int(rank)) }
            _ = merger.merge(piece) { range in
                let token = UnsafeRawBufferPointer(rebasing: piece[range])
                ids.append(token.baseAddress.map { Int(vocabulary.rank($0, token.count)) } ?? 0)
            }
        }
        return ids
    }

    /// The tokens' ids.
    package func encode(_ text: some Collection<UInt8>) -> [Int] {
        Array(text).withUnsafeBytes { encode($0) }
    }

    /// Walks through the pieces; a rank is told for those that are one token.
    @inline(__always)
    private func forEachPiece(of text: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer, UInt32) -> Void) {
        switch splitting {
        case .o200k: forEachPiece(of: text, O200KScanner(text: text, vocabulary: vocabulary), body)
        case .cl100k: forEachPiece(of: text, CL100KScanner(text: text, vocabulary: vocabulary), body)
        }
    }

    @inline(__always)
    private func forEachPiece(
        of text: UnsafeRawBufferPointer,
        _ scanner: some PieceScanner,
        _ body: (UnsafeRawBufferPointer, UInt32) -> Void
    ) {
        guard let base = text.baseAddress else { return }
        var start = 0
        while start < text.count {
            let end = scanner.end(ofPieceAt: start)
            while start < end {
                let length = min(end - start, PairMerger.longestPiece)
                let piece = UnsafeRawBufferPointer(start: base + start, count: length)
                body(piece, vocabulary.rank(base + start, length))
                start += length
            }
        }
    }
}
