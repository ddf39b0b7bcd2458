import Foundation
import NIOCore
import NIOPosix
import PeerRPC
import Testing

@Suite("Trust on Unix sockets")
struct TrustTests {
    @Test(
        "its own user, root and those on the list may connect, others may not",
        arguments: [(1_000, true), (0, true), (1_001, true), (1_002, false), (UInt32.max, false)] as [(UInt32, Bool)]
    )
    func users(uid: UInt32, isAccepted: Bool) {
        #expect(PeerTrust(own: 1_000, allowUIDs: [1_001]).accepts(uid: uid) == isAccepted)
    }

    /// A process of another user asks for its health and prints what it hears.
    private func ask(_ path: String, as uid: Int) async throws -> String {
        let script = """
            import os, socket, sys
            os.setgroups([]); os.setgid(\(uid)); os.setuid(\(uid))
            s = socket.socket(socket.AF_UNIX); s.settimeout(5); s.connect("\(path)")
            body = b'{"jsonrpc":"2.0","id":1,"method":"health.v1.Health/Check","params":{}}'
            try:
                s.sendall(b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
                print(s.recv(4096).decode())
            except (ConnectionResetError, BrokenPipeError):
                print("")
            """
        return try await NIOThreadPool.singleton.runIfActive {
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["python3", "-c", script]
            let output = Pipe()
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return process.terminationStatus == 0 ? text : "the script failed"
        }
    }

    @Test("a process of another user is refused, and let in when its user is on the list", .enabled(if: geteuid() == 0))
    func otherUser() async throws {
        for isAllowed in [false, true] {
            try await withService {
                $0.allowUIDs = isAllowed ? [65_534] : []
            } _: { _, _, path in
                // The files' modes would keep the process out; here the socket's own check is wanted.
                chmod(path, 0o666)
                chmod(String(path.dropLast("/a.sock".count)), 0o755)
                let heard = try await ask(path, as: 65_534)
                #expect(heard.contains("SERVING") == isAllowed)
                #expect(heard.trimmingCharacters(in: .whitespacesAndNewlines).isEmpty == !isAllowed)
            }
        }
    }

    @Test("the socket has mode 0660, whatever the umask leaves")
    func mode() async throws {
        try await withService { _, _, path in
            var status = stat()
            #expect(lstat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o660)
        }
    }

    @Test("a path too long for a socket is refused with its length")
    func longPath() async throws {
        let path = "/tmp/" + String(repeating: "x", count: 99)
        await #expect(throws: RPCServerError.socketPathTooLong(path: path, bytes: 104)) {
            _ = try await makeServer(at: path, makeRegistry())
        }
    }

    @Test("a live socket is left alone, a dead one is taken over, a file is never removed")
    func takingOver() async throws {
        let folder = try TemporaryFolder()
        let path = folder.socket()
        let first = try await makeServer(at: path, makeRegistry(name: "first "))
        await #expect(throws: RPCServerError.socketInUse(path: path)) {
            _ = try await makeServer(at: path, makeRegistry())
        }
        let client = try makeClient("unix://\(path)")
        #expect(try await client.call(TestMethods.echo, Note("x"), deadline: soon()).text == "first x")
        await client.shutdown()
        await first.stop(drain: .zero)
        #expect(!FileManager.default.fileExists(atPath: path))

        try makeDeadSocket(path)
        let second = try await makeServer(at: path, makeRegistry())
        await second.stop(drain: .zero)

        try Data("keep me".utf8).write(to: URL(fileURLWithPath: path))
        await #expect(throws: RPCServerError.socketPathTaken(path: path)) {
            _ = try await makeServer(at: path, makeRegistry())
        }
        #expect(FileManager.default.fileExists(atPath: path))
    }

    @Test("a stopping server leaves a successor's socket alone")
    func successor() async throws {
        let folder = try TemporaryFolder()
        let first = try await makeServer(at: folder.socket(), makeRegistry())
        unlink(folder.socket())
        let second = try await makeServer(at: folder.socket(), makeRegistry(name: "second "))
        await first.stop(drain: .zero)
        let client = try makeClient("unix://\(folder.socket())")
        #expect(try await client.call(TestMethods.echo, Note("x"), deadline: soon()).text == "second x")
        await client.shutdown()
        await second.stop(drain: .zero)
    }
}

/// What a killed server leaves behind.
func makeDeadSocket(_ path: String) throws {
    let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
    }
    guard result == 0, listen(descriptor, 1) == 0 else { throw TestFailure("cannot make a dead socket") }
}
