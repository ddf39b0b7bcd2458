import NIOCore
import NIOPosix
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Finds the addresses of hosts on threads of its own, for `getaddrinfo` blocks.
final class Resolver: Sendable {
    private let threads: NIOThreadPool
    private let maximumPending: Int
    private let resolve: UpstreamClientConfiguration.Resolve
    private let pending = Atomic<Int>(0)

    init(_ configuration: UpstreamClientConfiguration) {
        threads = NIOThreadPool(numberOfThreads: max(1, configuration.resolverThreads))
        maximumPending = configuration.maximumResolutions
        resolve = configuration.resolve ?? { host, port in try Resolver.addresses(of: host, port: port) }
        threads.start()
    }

    deinit {
        threads.shutdownGracefully { _ in }
    }

    func shutdown() async {
        try? await threads.shutdownGracefully()
    }

    /// The addresses of a host, in the system's order of preference.
    ///
    /// A canonical literal needs no thread.
    func addresses(of host: String, port: Int, on loop: any EventLoop) -> EventLoopFuture<[SocketAddress]> {
        if let literal = try? SocketAddress(ipAddress: host, port: port) { return loop.makeSucceededFuture([literal]) }
        guard pending.add(1, ordering: .relaxed).newValue <= maximumPending else {
            pending.subtract(1, ordering: .relaxed)
            return loop.makeFailedFuture(UpstreamError.resolveFailed)
        }
        return run(on: loop) { [resolve] in try resolve(host, port) }
            .always { [self] _ in pending.subtract(1, ordering: .relaxed) }
    }

    /// Runs other blocking work of the client, such as loading trust roots.
    func run<T: Sendable>(on loop: any EventLoop, _ work: @escaping @Sendable () throws -> T) -> EventLoopFuture<T> {
        threads.runIfActive(eventLoop: loop, work)
    }

    /// Asks the system; with `numericOnly` only spellings of an address are understood, and nothing blocks.
    static func addresses(
        of host: String,
        port: Int,
        numericOnly: Bool = false
    ) throws(UpstreamError) -> [SocketAddress] {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        #if canImport(Glibc)
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        #else
        hints.ai_socktype = SOCK_STREAM
        #endif
        if numericOnly { hints.ai_flags = AI_NUMERICHOST }
        var list: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, String(port), &hints, &list) == 0 else { throw .resolveFailed }
        defer { if let list { freeaddrinfo(list) } }
        var found: [SocketAddress] = []
        var entry = list
        while let info = entry?.pointee {
            if let address = address(info, port: port), !found.contains(address) { found.append(address) }
            entry = info.ai_next
        }
        guard !found.isEmpty else { throw .resolveFailed }
        return found
    }

    private static func address(_ info: addrinfo, port: Int) -> SocketAddress? {
        guard let pointer = UnsafeRawPointer(info.ai_addr) else { return nil }
        // The offsets of `sin_addr` and `sin6_addr` are part of every platform's ABI we build for.
        let range: Range<Int>
        switch info.ai_family {
        case AF_INET: range = 4..<8
        case AF_INET6: range = 8..<24
        default: return nil
        }
        guard Int(info.ai_addrlen) >= range.upperBound else { return nil }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: Int(info.ai_addrlen))
        let packed = ByteBuffer(bytes: UnsafeRawBufferPointer(rebasing: bytes[range]))
        return try? SocketAddress(packedIPAddress: packed, port: port)
    }
}
