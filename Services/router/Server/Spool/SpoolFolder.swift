package import Contracts

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// What routers that are gone have left behind.
package enum SpoolFolder {
    /// A folder whose lock was free, held until it is deleted or let go.
    package final class Adopted {
        /// What is to be settled: closes as they are, opens without a close as `interrupted`.
        package let records: [UsageRecord]

        /// The same as it is sent.
        var closed: [Spool.Closed] {
            records.map { Spool.Closed(requestID: $0.requestID, json: SpoolEntry.encode($0, as: .close)) }
        }

        private let path: String
        private let lock: SpoolLock

        fileprivate init(path: String, lock: SpoolLock, records: [UsageRecord]) {
            self.path = path
            self.lock = lock
            self.records = records
        }

        /// Deletes the folder, once the meter has applied its records.
        package func remove() {
            SpoolFolder.delete(path)
        }
    }

    static func delete(_ path: String) {
        for name in names(in: path) { unlink(path + "/" + name) }
        rmdir(path)
    }

    /// Takes over the folders under `root` that no living router holds.
    package static func adopt(root: String, except own: String) -> [Adopted] {
        names(in: root).filter { $0 != own }.compactMap { name in
            let path = root + "/" + name
            guard let lock = try? SpoolLock(folder: path) else { return nil }
            return Adopted(path: path, lock: lock, records: records(in: path))
        }
    }

    /// The last word on each request, in the order in which the requests were first noted.
    private static func records(in folder: String) -> [UsageRecord] {
        var order: [String] = []
        var last: [String: UsageRecord] = [:]
        var ended: Set<String> = []
        for name in segmentNames(in: folder).sorted() {
            guard let bytes = contents(of: folder + "/" + name) else { continue }
            for entry in SpoolSegment.entries(of: bytes) {
                if entry.kind == .settled {
                    // A settled request stays settled, should its close stand in a segment that is read later.
                    let id = String(decoding: entry.payload, as: UTF8.self)
                    last[id] = nil
                    ended.insert(id)
                    continue
                }
                guard let record = SpoolEntry.decode(entry.payload), !ended.contains(record.requestID) else { continue }
                if last.updateValue(record, forKey: record.requestID) == nil { order.append(record.requestID) }
                if entry.kind == .close { ended.insert(record.requestID) }
            }
        }
        return order.compactMap { last[$0] }
    }

    // MARK: Files

    static func segmentNames(in folder: String) -> [String] {
        names(in: folder).filter { $0.utf8.allSatisfy { (48...57).contains($0) } }
    }

    fileprivate static func names(in folder: String) -> [String] {
        guard let directory = opendir(folder) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func contents(of path: String) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(file, &block, block.count)
            guard count > 0 else { return count == 0 ? bytes : nil }
            bytes.append(contentsOf: block[..<count])
        }
    }
}

/// The lock of one spool folder; the kernel frees it when its process dies.
final class SpoolLock: Sendable {
    private let file: Int32

    init(folder: String) throws(SpoolError) {
        let path = folder + "/lock"
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SpoolError(operation: "lock", path: path, code: errno) }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            close(file)
            throw SpoolError(operation: "lock", path: path, code: code)
        }
        // Last: a complete object is deinitialized when its initializer throws, and a second close would hit a descriptor
        // that another thread has been given meanwhile.
        self.file = file
    }

    deinit {
        close(file)
    }
}
