/// Turns bytes into a tape, in one pass and without recursion.
///
/// An open container keeps its parent's index in its own second word, so the tape is also the stack: nesting costs no
/// memory beyond the tape and cannot overflow a thread's stack.
struct JSONParser: ~Copyable {
    private static let none = 0xFFFF_FFFF

    let bytes: UnsafePointer<UInt8>
    let count: Int
    private let maximumDepth: Int
    private let rejectsDuplicates: Bool

    private(set) var tape: UnsafeMutablePointer<UInt64>
    private(set) var used = 0
    /// Of each string with escapes: where it starts (upper half) and how much shorter it reads, see ``JSONStorage``.
    private var shortenings: [UInt64] = []
    private var capacity: Int
    private var isOnHeap = false

    private var open = Self.none
    /// The byte that ends the open container; a brace means that names are due.
    private var closing: UInt8 = 0
    private var depth = 0

    /// A document that has been read.
    static func storage(of bytes: [UInt8], limits: JSONLimits) throws(JSONError) -> JSONStorage {
        let maximum = min(max(0, limits.maximumBytes), JSONLimits.addressableBytes)
        guard bytes.count <= maximum else { throw JSONError(.tooLarge, at: maximum) }
        guard !bytes.isEmpty else { throw JSONError(.unexpectedEnd, at: 0) }
        let result: Result<JSONStorage, JSONError> = bytes.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return .failure(JSONError(.unexpectedEnd, at: 0)) }
            // A message between services fits the scratch tape on the stack; a chat body moves to the heap once. More than a
            // kilobyte Swift would not give from the stack.
            return withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 128) { scratch in
                guard let tape = scratch.baseAddress else { return .failure(JSONError(.unexpectedEnd, at: 0)) }
                var parser = JSONParser(base, buffer.count, limits: limits, tape: tape, capacity: scratch.count)
                do throws(JSONError) {
                    try parser.document()
                    let nodes = Array(UnsafeBufferPointer(start: parser.tape, count: parser.used))
                    return .success(JSONStorage(bytes: bytes, nodes: nodes, shortenings: parser.shortenings))
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }

    private init(
        _ bytes: UnsafePointer<UInt8>,
        _ count: Int,
        limits: JSONLimits,
        tape: UnsafeMutablePointer<UInt64>,
        capacity: Int
    ) {
        self.bytes = bytes
        self.count = count
        self.tape = tape
        self.capacity = capacity
        maximumDepth = limits.maximumDepth
        rejectsDuplicates = limits.duplicateKeys == .reject
    }

    deinit {
        if isOnHeap { tape.deallocate() }
    }

    private mutating func document() throws(JSONError) {
        var at = try begin()
        while true {
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            let byte = bytes[at]
            switch byte {
            case UInt8(ascii: "\""):
                at = try string(at)
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                try enter(byte, at)
                at = space(at + 1)
                guard at < count, bytes[at] == closing else {
                    if closing == UInt8(ascii: "}") { at = try name(at) }
                    continue
                }
                leave(at, children: 0)
                at += 1
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
                at = try number(at)
            default:
                at = try literal(at)
            }
            guard let next = try afterValue(at) else { return }
            at = next
        }
    }

    /// Closes what ends here and goes to where the next value begins; `nil` when the document is complete.
    @inline(__always)
    private mutating func afterValue(_ start: Int) throws(JSONError) -> Int? {
        var at = space(start)
        while open != Self.none {
            guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
            let byte = bytes[at]
            if byte == UInt8(ascii: ",") {
                tape[open + 1] += 1
                at = space(at + 1)
                return closing == UInt8(ascii: "}") ? try name(at) : at
            }
            guard byte == closing else { throw JSONError(.unexpectedByte, at: at) }
            let object = open
            let children = Int(tape[open + 1] & 0xFFFF_FFFF) + 1
            leave(at, children: children)
            if rejectsDuplicates, byte == UInt8(ascii: "}"), children > 1 { try checkNames(of: object) }
            at = space(at + 1)
        }
        guard at == count else { throw JSONError(.trailingBytes, at: at) }
        return nil
    }

    private func begin() throws(JSONError) -> Int {
        if count >= 3, bytes[0] == 0xEF, bytes[1] == 0xBB, bytes[2] == 0xBF { throw JSONError(.byteOrderMark, at: 0) }
        return space(0)
    }

    @inline(__always)
    private mutating func enter(_ byte: UInt8, _ at: Int) throws(JSONError) {
        guard depth < maximumDepth else { throw JSONError(.tooDeep, at: at) }
        depth += 1
        let index = used
        push(TapeNode(byte == UInt8(ascii: "{") ? .object : .array, start: at, length: 0))
        push(TapeNode(UInt64(truncatingIfNeeded: open) << 32))
        open = index
        // Both closing brackets stand two places after the opening ones in ASCII.
        closing = byte + 2
    }

    @inline(__always)
    private mutating func leave(_ at: Int, children: Int) {
        let start = Int(truncatingIfNeeded: tape[open] & 0xFFFF_FFFF)
        let parent = Int(truncatingIfNeeded: tape[open + 1] >> 32)
        tape[open] |= UInt64(truncatingIfNeeded: at + 1 - start) << 32
        tape[open + 1] = UInt64(truncatingIfNeeded: used) << 32 | UInt64(truncatingIfNeeded: children)
        depth -= 1
        open = parent
        guard parent != Self.none else { return }
        closing = tape[parent] >> 61 == NodeKind.object.rawValue ? UInt8(ascii: "}") : UInt8(ascii: "]")
    }

    /// Reads a member's name and its colon, and goes to where its value begins.
    @inline(__always)
    private mutating func name(_ start: Int) throws(JSONError) -> Int {
        guard start < count else { throw JSONError(.unexpectedEnd, at: start) }
        guard bytes[start] == UInt8(ascii: "\"") else { throw JSONError(.unexpectedByte, at: start) }
        let at = space(try string(start))
        guard at < count else { throw JSONError(.unexpectedEnd, at: at) }
        guard bytes[at] == UInt8(ascii: ":") else { throw JSONError(.unexpectedByte, at: at) }
        return space(at + 1)
    }

    @inline(__always)
    func space(_ at: Int) -> Int {
        if at < count, bytes[at] > 0x20 { return at }
        return JSONScan.afterSpace(bytes, from: at, to: count)
    }

    @inline(__always)
    mutating func push(_ node: TapeNode) {
        if used == capacity { grow() }
        tape[used] = node.word
        used += 1
    }

    /// Keeps how much shorter the string that starts here reads than it is written.
    @inline(never)
    mutating func note(_ shortening: Int, of start: Int) {
        let kept = UInt32(exactly: shortening) ?? .max
        shortenings.append(UInt64(truncatingIfNeeded: start) << 32 | UInt64(kept))
    }

    @inline(never)
    private mutating func grow() {
        // No document needs more words than it has bytes: a scalar has one byte at least, a container two.
        let larger = min(max(capacity * 2, count / 32), max(count, capacity + 2))
        let target = UnsafeMutablePointer<UInt64>.allocate(capacity: larger)
        target.update(from: tape, count: used)
        if isOnHeap { tape.deallocate() }
        tape = target
        capacity = larger
        isOnHeap = true
    }
}
