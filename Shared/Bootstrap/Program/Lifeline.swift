import NIOPosix
import ServiceLifecycle

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A child's end of the socket that its supervisor holds; when the supervisor is gone, however it went, it closes.
package struct Lifeline: Service, CustomStringConvertible {
    /// The variable with the descriptor's number.
    package static let variable = "KEIROUTER_PARENT_FD"

    package var description: String { "lifeline" }

    private let descriptor: Int32

    /// Takes the descriptor that the environment names, if it names a socket; once per process.
    static func inherited() -> Lifeline? {
        guard let text = getenv(variable), let descriptor = Int32(String(cString: text)), descriptor > STDERR_FILENO
        else { return nil }
        unsetenv(variable)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return Lifeline(descriptor: descriptor)
    }

    /// Returns when the supervisor is gone, or when the program is asked to stop.
    package func run() async throws {
        let pool = NIOThreadPool(numberOfThreads: 1)
        pool.start()
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                await withCheckedContinuation { ended in
                    pool.submit { _ in
                        waitForEnd()
                        ended.resume()
                    }
                }
            } onGracefulShutdown: {
                letGo()
            }
        } onCancel: {
            letGo()
        }
        try await pool.shutdownGracefully()
    }

    private func waitForEnd() {
        var byte: UInt8 = 0
        // Nothing is ever sent, so this sleeps until the other side closes or this side lets go.
        while true {
            let received = recv(descriptor, &byte, 1, 0)
            guard received > 0 || (received < 0 && errno == EINTR) else { return }
        }
    }

    private func letGo() {
        #if canImport(Glibc)
        _ = shutdown(descriptor, Int32(SHUT_RD))
        #else
        _ = shutdown(descriptor, SHUT_RD)
        #endif
    }
}
