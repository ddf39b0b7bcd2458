/// What most entries of a listing share.
struct UsualColumns {
    private(set) var fileMode: ArraySlice<UInt8> = []
    private(set) var folderMode: ArraySlice<UInt8> = []
    private(set) var owner: ArraySlice<UInt8> = []
    private(set) var day: ArraySlice<UInt8> = []
    private(set) var firstTime: ArraySlice<UInt8> = []
    private(set) var lastTime: ArraySlice<UInt8> = []

    init(_ rows: [LongLines.Row]) {
        var (files, folders, owners, days) = (WordCount(), WordCount(), WordCount(), WordCount())
        for case .entry(let entry, _) in rows {
            if entry.isFolder { folders.add(entry.mode) } else { files.add(entry.mode) }
            owners.add(entry.owner)
            days.add(entry.day)
        }
        fileMode = files.commonest
        folderMode = folders.commonest
        owner = owners.commonest
        day = days.commonest
        for case .entry(let entry, _) in rows where entry.day.elementsEqual(day) {
            if firstTime.isEmpty || entry.time.lexicographicallyPrecedes(firstTime) { firstTime = entry.time }
            if lastTime.lexicographicallyPrecedes(entry.time) { lastTime = entry.time }
        }
    }

    var note: String {
        let modes = [fileMode, folderMode].filter { !$0.isEmpty }.map(Self.text).joined(separator: " ")
        let times =
            firstTime.elementsEqual(lastTime) ? Self.text(firstTime) : "\(Self.text(firstTime))-\(Self.text(lastTime))"
        return "where nothing else is said: \(modes), \(Self.text(owner)), \(Self.text(day)) \(times)"
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        bytes.fields(8).map { String(decoding: $0, as: UTF8.self) }.joined(separator: " ")
    }
}

/// Counts words, of which most are the same as the one before.
private struct WordCount {
    private var counts: [ByteKey: Int] = [:]
    private var last: ArraySlice<UInt8> = []
    private var run = 0

    mutating func add(_ word: ArraySlice<UInt8>) {
        if !word.elementsEqual(last) {
            flush()
            last = word
        }
        run += 1
    }

    /// The commonest; of equally common ones the first in order, so that it does not depend on hashing.
    var commonest: ArraySlice<UInt8> {
        mutating get {
            flush()
            return counts.min { left, right in
                if left.value != right.value { return left.value > right.value }
                return left.key.bytes.lexicographicallyPrecedes(right.key.bytes)
            }?.key.bytes ?? []
        }
    }

    private mutating func flush() {
        if run > 0 { counts[ByteKey(last), default: 0] += run }
        run = 0
    }
}
