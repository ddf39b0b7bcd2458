import NIOCore
import NIOPosix

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The processor time this process has used, in nanoseconds.
func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

/// The time on a clock that never goes back, in nanoseconds.
func now() -> Double {
    Double(NIODeadline.now().uptimeNanoseconds)
}

/// A folder for sockets, with a path short enough for them.
struct SocketFolder {
    private let path: String

    init() throws {
        var template = Array("/tmp/kr-bench-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw IOError(errnoCode: errno, reason: "mkdtemp") }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func socket(_ name: String) -> String { "\(path)/\(name).sock" }

    func remove() {
        for name in ["echo", "call"] { unlink(socket(name)) }
        rmdir(path)
    }
}

/// Keeps a group's loops on one processor; where the system cannot, they stay where they are.
func pin(_ group: MultiThreadedEventLoopGroup, to processor: Int) async throws {
    typealias SetAffinity = @convention(c) (CInt, Int, UnsafeRawPointer) -> CInt
    // Glibc keeps it out of its header's plain part, which is all that Swift sees.
    guard let found = dlsym(nil, "sched_setaffinity") else { return }
    let address = UInt(bitPattern: found)
    for loop in group.makeIterator() {
        try await loop.submit {
            let setAffinity = unsafeBitCast(address, to: SetAffinity.self)
            var mask = UInt64(1) << UInt64(processor)
            _ = setAffinity(0, MemoryLayout<UInt64>.size, &mask)
        }.get()
    }
}
