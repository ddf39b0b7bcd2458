/// Lines that stand above already, word for word: of a run of one line and of a stretch of several, the first line stays.
///
/// A mark in its place says how many lines are as above, so nothing is lost and each stays where it stood.
enum RepeatedBlocks {
    /// A stretch is as long as this at least: a mark costs as much as two or three lines.
    static let minimumLines = 6
    /// A line is repeated so often at least.
    static let minimumRun = 3

    /// Four lines that follow each other, by their numbers.
    private struct Window: Hashable {
        let first: Int
        let second: Int
        let third: Int
        let fourth: Int
    }

    static func folded(_ text: ToolText, _ omissions: inout Omissions) -> [UInt8] {
        let numbers = numbered(text)
        let count = numbers.count
        var known: [Window: Int] = [:]
        known.reserveCapacity(count)
        var out: [UInt8] = []
        out.reserveCapacity(text.bytes.count)
        var index = 0
        while index < count {
            out.appendLine(text[index])
            guard !text[index].isBlankLine else {
                index += 1
                continue
            }
            var run = 1
            while index + run < count, numbers[index + run] == numbers[index] { run += 1 }
            if run >= minimumRun {
                out.append(contentsOf: "~ the same line \(run - 1) times more\n".utf8)
                omissions.add(run - 1, "repeated line")
                index += run
                continue
            }
            let length = lengthOfRepeat(numbers, index, &known)
            if length >= minimumLines {
                out.append(contentsOf: "~ and \(length - 1) lines as above\n".utf8)
                omissions.add(length - 1, "repeated line")
                index += length
            } else {
                index += 1
            }
        }
        return out
    }

    /// How many lines from here on are as they were after the first place where the next four stood.
    private static func lengthOfRepeat(_ numbers: [Int], _ index: Int, _ known: inout [Window: Int]) -> Int {
        guard index + 3 < numbers.count else { return 0 }
        let window = Window(
            first: numbers[index],
            second: numbers[index + 1],
            third: numbers[index + 2],
            fourth: numbers[index + 3]
        )
        guard let earlier = known[window] else {
            known[window] = index
            return 0
        }
        var length = 4
        // Not into the repeated lines themselves, so that what is referred to is shown.
        while index + length < numbers.count, earlier + length < index,
            numbers[index + length] == numbers[earlier + length]
        {
            length += 1
        }
        return earlier + length <= index ? length : 0
    }

    /// The lines' numbers: equal lines have the same.
    private static func numbered(_ text: ToolText) -> [Int] {
        var known: [ByteKey: Int] = [:]
        return (0..<text.count).map { index in
            let key = ByteKey(text.bare(index))
            if let number = known[key] { return number }
            known[key] = known.count
            return known.count - 1
        }
    }
}
