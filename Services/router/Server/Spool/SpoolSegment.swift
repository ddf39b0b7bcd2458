#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// One file of the spool, mapped into memory; confined to the lock of its ``Spool``.
///
/// A store to a shared mapping belongs to the file as soon as it is made: killing the process loses nothing and writing
/// costs no system call. A power loss may lose what the kernel has not written back.
final class SpoolSegment {
    #if os(Linux)
    /// All pages at once cost less than a fault for each of them while a request waits.
    private static let populated = MAP_POPULATE
    #else
    private static let populated: Int32 = 0
    #endif

    private(set) var number: Int
    private(set) var path: String
    private(set) var used = 0
    /// Requests whose last word here the meter has not applied.
    var live = 0
    private let memory: UnsafeMutableRawBufferPointer

    /// Makes the file.
    init(number: Int, folder: String, capacity: Int) throws(SpoolError) {
        path = Self.path(number, in: folder)
        self.number = number
        let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SpoolError(operation: "create", path: path, code: errno) }
        defer { close(file) }
        // Blocks are taken now: a full disk must be an error here, not a bus error at a later store.
        let refused = posix_fallocate(file, 0, off_t(capacity))
        guard refused == 0 else {
            unlink(path)
            throw SpoolError(operation: "allocate", path: path, code: refused)
        }
        let mapped = mmap(nil, capacity, PROT_READ | PROT_WRITE, MAP_SHARED | Self.populated, file, 0)
        guard let mapped, mapped != MAP_FAILED else {
            let code = errno
            unlink(path)
            throw SpoolError(operation: "map", path: path, code: code)
        }
        memory = UnsafeMutableRawBufferPointer(start: mapped, count: capacity)
    }

    deinit {
        munmap(memory.baseAddress, memory.count)
    }

    /// Appends an entry; false when it does not fit any more.
    func append(_ kind: SpoolEntry.Kind, _ payload: [UInt8]) -> Bool {
        let length = SpoolEntry.length(payload: payload.count)
        guard used + length <= memory.count else { return false }
        let entry = UnsafeMutableRawBufferPointer(rebasing: memory[used..<(used + length)])
        payload.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(rebasing: entry[SpoolEntry.headerLength...]).copyMemory(from: bytes)
            entry.storeBytes(of: kind.rawValue.littleEndian, toByteOffset: 4, as: UInt32.self)
            entry.storeBytes(of: SpoolEntry.fold(bytes).littleEndian, toByteOffset: 8, as: UInt32.self)
            entry.storeBytes(of: SpoolEntry.Check.fold.rawValue.littleEndian, toByteOffset: 12, as: UInt32.self)
        }
        // Last, so that a reader never sees a length without its payload.
        entry.storeBytes(of: UInt32(payload.count).littleEndian, as: UInt32.self)
        used += length
        return true
    }

    func remove() {
        unlink(path)
    }

    /// The bytes it can hold.
    var capacity: Int { memory.count }

    /// Forgets what it holds: whoever adopts the folder must not meet notes that were settled.
    func empty() {
        UnsafeMutableRawBufferPointer(rebasing: memory[..<used]).initializeMemory(as: UInt8.self, repeating: 0)
        used = 0
    }

    /// Goes on under another number, empty, in pages that are mapped and dirty already.
    ///
    /// - Returns: False when the file could not get its new name.
    func rename(to number: Int, folder: String) -> Bool {
        let next = Self.path(number, in: folder)
        guard moveFile(path, next) == 0 else { return false }
        path = next
        self.number = number
        return true
    }

    private static func path(_ number: Int, in folder: String) -> String {
        let name = String(number)
        return folder + "/" + String(repeating: "0", count: max(0, 6 - name.count)) + name
    }

    /// The entries of a segment that another process wrote, up to the first that is not whole.
    static func entries(of bytes: [UInt8]) -> [(kind: SpoolEntry.Kind, payload: [UInt8])] {
        var entries: [(kind: SpoolEntry.Kind, payload: [UInt8])] = []
        bytes.withUnsafeBytes { bytes in
            var at = 0
            while at + SpoolEntry.headerLength <= bytes.count {
                let count = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at, as: UInt32.self)))
                let code = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 4, as: UInt32.self))
                let sum = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 8, as: UInt32.self))
                let check = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: at + 12, as: UInt32.self))
                let start = at + SpoolEntry.headerLength
                guard count > 0, start + count <= bytes.count, let kind = SpoolEntry.Kind(rawValue: code) else {
                    return
                }
                let payload = UnsafeRawBufferPointer(rebasing: bytes[start..<(start + count)])
                guard SpoolEntry.holds(payload, sum, by: check) else { return }
                entries.append((kind, Array(payload)))
                at += SpoolEntry.length(payload: count)
            }
        }
        return entries
    }
}

/// `rename(2)`, under a name that a method of a segment does not hide.
private func moveFile(_ path: String, _ next: String) -> Int32 {
    rename(path, next)
}
