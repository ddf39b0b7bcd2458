import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Decides by its user whether a process may speak to a server on a Unix socket.
package struct PeerTrust: Sendable {
    private let accepted: Set<UInt32>

    /// Makes the rule.
    ///
    /// - Parameters:
    ///   - own: The user the server runs as.
    ///   - allowUIDs: Who else may connect; root always may.
    package init(own: UInt32 = geteuid(), allowUIDs: [UInt32]) {
        accepted = Set(allowUIDs + [own, 0])
    }

    package func accepts(uid: UInt32) -> Bool {
        accepted.contains(uid)
    }

    /// Who is at the other end of an accepted Unix socket, as the kernel recorded it at connect.
    static func peerUID(of channel: any Channel) -> EventLoopFuture<UInt32> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        #if canImport(Darwin)
        let credentials: EventLoopFuture<xucred> = provider.unsafeGetSocketOption(
            level: NIOBSDSocket.OptionLevel(rawValue: 0),
            name: NIOBSDSocket.Option(rawValue: LOCAL_PEERCRED)
        )
        return credentials.map { UInt32($0.cr_uid) }
        #else
        let credentials: EventLoopFuture<PeerCredentials> = provider.unsafeGetSocketOption(
            level: .socket,
            name: NIOBSDSocket.Option(rawValue: SO_PEERCRED)
        )
        return credentials.map(\.uid)
        #endif
    }
}

/// The kernel's `struct ucred`, which not every C library shows.
private struct PeerCredentials: Sendable {
    var pid: Int32
    var uid: UInt32
    var gid: UInt32
}
