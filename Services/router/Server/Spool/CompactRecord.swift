import Contracts

/// A usage record as fixed fields one after another, for notes that are almost never read: the `open` of each attempt.
///
/// Layout, little-endian: a byte 1, which no JSON text begins with; then whole numbers in eight bytes (what is absent is the
/// smallest number), texts as their length in four bytes (what is absent has the length 0xFFFFFFFF) and their UTF-8, the attempts behind
/// their number. A record with savings or a word of the guard is not written in this way.
enum CompactRecord {
    static let mark: UInt8 = 1
    private static let absentText = UInt32.max
    private static let absentNumber = Int.min

    /// The record's bytes, or `nil` for one that holds what has no place here.
    static func encode(_ record: UsageRecord) -> [UInt8]? {
        guard record.savings.isEmpty, record.guardVerdict == nil else { return nil }
        return [UInt8](unsafeUninitializedCapacity: capacity(record)) { buffer, count in
            var writer = Writer(buffer)
            writer.put(record)
            count = writer.count
        }
    }

    static func decode(_ bytes: [UInt8]) -> UsageRecord? {
        bytes.withUnsafeBytes { bytes in
            var reader = Reader(bytes: bytes)
            return reader.record()
        }
    }

    private static func capacity(_ record: UsageRecord) -> Int {
        var count = 1 + 9 * 4 + 4 * 8
        for text in [record.requestID, record.keyID, record.outcome.rawValue, record.dialect, record.requestedModel] {
            count += text.utf8.count
        }
        count += (record.reservationID?.utf8.count ?? 0) + (record.chain?.utf8.count ?? 0)
        count += (record.conversation?.utf8.count ?? 0) + record.cache.utf8.count
        for attempt in record.attempts {
            count += 5 * 4 + 12 * 8
            count += attempt.provider.utf8.count + attempt.model.utf8.count + attempt.account.utf8.count
            count += (attempt.reason?.utf8.count ?? 0) + attempt.usageSource.rawValue.utf8.count
        }
        return count
    }

    // MARK: Writing

    private struct Writer {
        private let memory: UnsafeMutableRawBufferPointer
        private(set) var count = 1

        /// Makes a writer into memory that holds all of the record.
        init(_ buffer: UnsafeMutableBufferPointer<UInt8>) {
            memory = UnsafeMutableRawBufferPointer(buffer)
            memory[0] = CompactRecord.mark
        }

        mutating func put(_ record: UsageRecord) {
            put(record.requestID)
            put(record.reservationID)
            put(record.keyID)
            put(record.outcome.rawValue)
            put(record.dialect)
            put(record.requestedModel)
            put(record.chain)
            put(record.conversation)
            put(record.cache)
            put(record.startedUS)
            put(record.firstTokenMS ?? CompactRecord.absentNumber)
            put(record.totalMS)
            put(record.attempts.count)
            // By place: a loop over the attempts would copy each, with all its texts.
            for place in record.attempts.indices { put(record.attempts[place]) }
        }

        private mutating func put(_ attempt: Attempt) {
            put(attempt.n)
            put(attempt.provider)
            put(attempt.model)
            put(attempt.account)
            put(attempt.status)
            put(attempt.reason)
            put(attempt.durationMS)
            let usage = attempt.usage
            put(usage.input)
            put(usage.cacheRead)
            put(usage.cacheWrite5m)
            put(usage.cacheWrite1h)
            put(usage.output)
            put(usage.reasoning)
            put(usage.audioIn)
            put(usage.audioOut)
            put(usage.units)
            put(attempt.usageSource.rawValue)
        }

        private mutating func put(_ number: Int) {
            memory.storeBytes(of: Int64(number).littleEndian, toByteOffset: count, as: Int64.self)
            count += 8
        }

        private mutating func put(_ text: String?) {
            guard let text else {
                put(length: CompactRecord.absentText)
                return
            }
            // Without a copy, where the text is as nearly all are.
            if text.utf8.withContiguousStorageIfAvailable({ put(bytes: $0) }) == nil {
                Array(text.utf8).withUnsafeBufferPointer { put(bytes: $0) }
            }
        }

        private mutating func put(bytes: UnsafeBufferPointer<UInt8>) {
            put(length: UInt32(truncatingIfNeeded: bytes.count))
            UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: UnsafeRawBufferPointer(bytes))
            count += bytes.count
        }

        private mutating func put(length: UInt32) {
            memory.storeBytes(of: length.littleEndian, toByteOffset: count, as: UInt32.self)
            count += 4
        }
    }

    // MARK: Reading

    /// Reads what a writer of this build or an earlier one left; anything else ends in `nil`.
    private struct Reader {
        private static let maximumAttempts = 1_000

        let bytes: UnsafeRawBufferPointer
        private var position = 1
        private var isBroken = false

        init(bytes: UnsafeRawBufferPointer) {
            self.bytes = bytes
        }

        mutating func record() -> UsageRecord? {
            var record = UsageRecord(
                requestID: text(),
                reservationID: optionalText(),
                keyID: text(),
                outcome: Outcome(rawValue: text()),
                dialect: text(),
                requestedModel: text(),
                chain: optionalText(),
                conversation: optionalText(),
                cache: text(),
                startedUS: number(),
                firstTokenMS: optionalNumber(),
                totalMS: number()
            )
            let attempts = number()
            guard (0...Self.maximumAttempts).contains(attempts) else { return nil }
            for _ in 0..<attempts where !isBroken { record.attempts.append(attempt()) }
            return isBroken || position != bytes.count ? nil : record
        }

        private mutating func attempt() -> Attempt {
            Attempt(
                n: number(),
                provider: text(),
                model: text(),
                account: text(),
                status: number(),
                reason: optionalText(),
                durationMS: number(),
                usage: TokenUsage(
                    input: number(),
                    cacheRead: number(),
                    cacheWrite5m: number(),
                    cacheWrite1h: number(),
                    output: number(),
                    reasoning: number(),
                    audioIn: number(),
                    audioOut: number(),
                    units: number()
                ),
                usageSource: UsageSource(rawValue: text())
            )
        }

        private mutating func number() -> Int {
            guard !isBroken, bytes.count - position >= 8 else {
                isBroken = true
                return 0
            }
            defer { position += 8 }
            return Int(Int64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Int64.self)))
        }

        private mutating func optionalNumber() -> Int? {
            let number = number()
            return number == CompactRecord.absentNumber ? nil : number
        }

        private mutating func text() -> String {
            guard let text = optionalText() else {
                isBroken = true
                return ""
            }
            return text
        }

        private mutating func optionalText() -> String? {
            guard !isBroken, bytes.count - position >= 4 else {
                isBroken = true
                return nil
            }
            let length = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            position += 4
            guard length != CompactRecord.absentText else { return nil }
            guard Int(length) <= bytes.count - position else {
                isBroken = true
                return nil
            }
            defer { position += Int(length) }
            return String(decoding: bytes[position..<(position + Int(length))], as: UTF8.self)
        }
    }
}
