import Contracts
import TestSupport
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

#if os(Linux)
extension Integration {
    /// The data folder's disk is full while requests run, and has room again later.
    @Suite("A full disk under load", .enabled(if: geteuid() == 0, "only root mounts a disk of its own"))
    struct FullDiskTests {
        @Test(
            "admitted requests are served and booked once, later ones are refused clearly, and nobody needs a restart",
            .timeLimit(.minutes(5))
        )
        func fullDisk() async throws {
            let mock = try await MockProvider.start()
            mock.answer { .answer(to: $0, every: .milliseconds(1)) }
            let gateway = try Gateway.prepare(Load.setup(mock))
            let disk = try await SmallDisk(at: gateway.data, megabytes: 24)
            for program in Gateway.services { try gateway.launch(program) }
            try await gateway.waitUntilReady()
            let load = Load(gateway, isVaried: true)
            try await load.run(clients: 8, seed: 51) {
                try await load.more(50, deadline: .seconds(40))
                try disk.fill()
                let begin = ContinuousClock.now
                try await Poll.until("requests that no note can be kept of", deadline: .seconds(120)) {
                    load.results.contains { $0.status == 503 }
                }
                // What is refused stays refused, and what reads alone goes on.
                try await load.more(50, deadline: .seconds(40))
                #expect(try await gateway.run(["keys", "list"]).code == 0)
                let written = try await gateway.run(["plans", "create", "late", "--rpm", "5"])
                #expect(written.code != 0 && written.errors.contains("full"), "\(written.output) \(written.errors)")
                let full = begin...ContinuousClock.now
                try disk.free()
                try await Poll.until("requests are served again", deadline: .seconds(30)) {
                    load.results.contains { $0.isWhole && $0.began > full.upperBound }
                }
                try await load.more(50, deadline: .seconds(40))
                let refused = load.results.filter { !$0.isWhole }
                #expect(refused.allSatisfy { $0.status == 503 && $0.text.contains("disk") }, "\(refused.prefix(3))")
            }
            try await LedgerCheck.rows(load.results, mock, gateway)
            for program in Gateway.services { #expect(try gateway.process(program).isRunning, "\(program) has died") }
            LedgerCheck.masked(mock)
            try await gateway.stop()
        }
    }
}

/// A file system in memory that holds little; it goes away with the value.
private final class SmallDisk: Sendable {
    private let path: String
    private var filler: String { "\(path)/filler" }

    /// Mounts it at a folder, which is made.
    init(at path: String, megabytes: Int) async throws {
        self.path = path
        mkdir(path, 0o700)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m,mode=0700") == 0 else {
            throw TestSupportError("no disk at \(path): errno \(errno)")
        }
    }

    deinit {
        umount2(path, Int32(MNT_DETACH))
    }

    /// Takes every byte that is left.
    func fill() throws {
        let file = open(filler, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        guard file >= 0 else { throw TestSupportError("no filler: errno \(errno)") }
        defer { close(file) }
        let block = [UInt8](repeating: 0, count: 1 << 16)
        var size = block.count
        while size > 0 { if write(file, block, size) < size { size /= 2 } }
        guard errno == ENOSPC else { throw TestSupportError("the disk takes everything: errno \(errno)") }
    }

    /// Gives it all back.
    func free() throws {
        guard unlink(filler) == 0 else { throw TestSupportError("the filler stays: errno \(errno)") }
    }
}
#endif
