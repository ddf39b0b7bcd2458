import NIOCore

extension SocketAddress {
    /// Whether the address never leaves this machine; read from its numeric form, which no name can imitate.
    var isLoopback: Bool {
        guard let text = ipAddress else { return true }
        return switch self.protocol {
        case .inet: text.hasPrefix("127.")
        default: text == "::1" || text.hasPrefix("::ffff:127.")
        }
    }
}
