package import NIOCore

/// Decides which addresses may be dialed.
///
/// It judges the resolved address that is about to be dialed, never the spelling of a host, so names that resolve to private
/// addresses, re-binding and odd literals (`0x7f.1`, `2130706433`) are all the same to it. What is declared or listed opens loopback,
/// private and special-purpose addresses for exactly that destination; link-local, metadata and multicast addresses stay shut.
package struct EgressPolicy: Sendable {
    /// The outcome for one address.
    package enum Verdict: Hashable, Sendable {
        case allowed
        /// Refused, with what kind of address it is.
        case refused(String)
    }

    private let allowPrivate: [EgressRule]
    private let declared: Set<HostPort>

    /// - Parameters:
    ///   - allowPrivate: The operator's list `egress.allow_private`.
    ///   - declared: Destinations the configuration itself names.
    package init(allowPrivate: [EgressRule] = [], declared: [HostPort] = []) {
        self.allowPrivate = allowPrivate
        self.declared = Set(declared)
    }

    /// Judges one resolved address of `host`, for which the operator may have allowed a private one.
    package func verdict(
        for address: SocketAddress,
        host: String,
        port: Int,
        allowsPrivate: Bool = false
    ) -> Verdict {
        let kind = AddressKind(address)
        if kind == .global { return .allowed }
        guard !kind.isNeverAllowed, let bytes = AddressBytes.of(address) else { return .refused(kind.phrase) }
        let destination = HostPort(host: host, port: port)
        let isOpen =
            allowsPrivate || declared.contains(destination) || allowPrivate.contains { $0.opens(bytes, destination) }
        return isOpen ? .allowed : .refused(kind.phrase)
    }
}
