extension Duration {
    /// Whole milliseconds, rounded down.
    package var wholeMilliseconds: Int {
        whole(1_000_000_000_000_000)
    }

    package var wholeMicroseconds: Int {
        whole(1_000_000_000_000)
    }

    private func whole(_ unit: Int64) -> Int {
        // Up to nine seconds, which nearly all are, fit one word.
        if let short = Int64(exactly: attoseconds) { return Int(short / unit) }
        return Int(clamping: attoseconds / Int128(unit))
    }

    package var inSeconds: Double {
        if let short = Int64(exactly: attoseconds) { return Double(short) / 1e18 }
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
