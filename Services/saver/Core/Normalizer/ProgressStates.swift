/// Lines that a program wrote over and over with CR: of states that only count on, the last one stays.
enum ProgressStates {
    struct Lasting {
        var text: [UInt8]
        var dropped: Int
    }

    /// `nil` when no line was written over.
    static func lasting(_ bytes: [UInt8]) -> Lasting? {
        guard bytes.holds(.carriageReturn) else { return nil }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var dropped = 0
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: .newline) ?? bytes.count
            append(bytes[start..<end], to: &out, &dropped)
            if end < bytes.count { out.append(.newline) }
            start = end + 1
        }
        return dropped > 0 ? Lasting(text: out, dropped: dropped) : nil
    }

    private static func append(_ line: ArraySlice<UInt8>, to out: inout [UInt8], _ dropped: inout Int) {
        let isWindows = line.last == .carriageReturn
        let body = isWindows ? line.dropLast() : line
        guard body.contains(.carriageReturn) else {
            out.append(contentsOf: line)
            return
        }
        let states = body.split(separator: .carriageReturn, omittingEmptySubsequences: true)
        var isFirst = true
        for (index, state) in states.enumerated() {
            if index + 1 < states.count, isFollowed(state, by: states[index + 1]) {
                dropped += 1
                continue
            }
            if !isFirst { out.append(.newline) }
            isFirst = false
            out.append(contentsOf: state)
        }
        if isWindows { out.append(.carriageReturn) }
    }

    /// Whether the next state is the same line counted on: the same letters, whatever the numbers and bars.
    private static func isFollowed(_ state: ArraySlice<UInt8>, by next: ArraySlice<UInt8>) -> Bool {
        guard !Alarm.sounds(in: state) else { return state.elementsEqual(next) }
        let left = state.lazy.filter(\.isLetter)
        let right = next.lazy.filter(\.isLetter)
        var (lefts, rights) = (left.makeIterator(), right.makeIterator())
        var shared = 0
        while true {
            guard let first = lefts.next(), let second = rights.next() else { return true }
            guard first == second else { break }
            shared += 1
        }
        // Units change on the way (KiB, MiB); the words before them do not.
        return shared >= 4 && state.contains { $0.isDigit } && next.contains { $0.isDigit }
    }
}
