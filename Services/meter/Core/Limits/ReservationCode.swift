/// Authenticates reservation ids with a key that only this meter's data folder has.
package protocol ReservationSigner: Sendable {
    func tag(_ bytes: [UInt8]) -> (UInt64, UInt64)
}

/// What a reservation id says about itself, so that a restarted meter can rebuild the lease from it alone.
///
/// The id is `rsv_` and base64url of: version, serial (8 bytes: milliseconds since the epoch << 20 and a counter),
/// nano-USD and tokens as variable-length integers, the key's id, and a 128-bit tag over all of these. A grant's id has
/// version 2 and behind the tokens the number of its requests; a reservation of it is named by that id, a full stop and its
/// number in decimal digits, and its serial is so much above the grant's.
package struct ReservationCode: Hashable, Sendable {
    private static let prefix = "rsv_"
    private static let version: UInt8 = 1
    private static let grantVersion: UInt8 = 2
    private static let tagLength = 16
    /// The longest id that is looked at.
    private static let maximumLength = 256

    package var serial: UInt64
    package var keyID: String
    package var nanoUSD: Int
    package var tokens: Int
    /// How many reservations there are of a grant; 1 for one of its own.
    package var requests: Int

    package init(serial: UInt64, keyID: String, nanoUSD: Int, tokens: Int, requests: Int = 1) {
        self.serial = serial
        self.keyID = keyID
        self.nanoUSD = nanoUSD
        self.tokens = tokens
        self.requests = requests
    }

    /// Milliseconds since the epoch at which it was issued.
    package var issuedMS: Int { Int(serial >> 20) }

    package func encoded(by signer: some ReservationSigner) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(48 + keyID.utf8.count)
        bytes.append(requests > 1 ? Self.grantVersion : Self.version)
        Self.append(serial, to: &bytes)
        Self.appendVariable(UInt64(max(0, nanoUSD)), to: &bytes)
        Self.appendVariable(UInt64(max(0, tokens)), to: &bytes)
        if requests > 1 { Self.appendVariable(UInt64(requests), to: &bytes) }
        bytes.append(contentsOf: keyID.utf8)
        let tag = signer.tag(bytes)
        Self.append(tag.0, to: &bytes)
        Self.append(tag.1, to: &bytes)
        return Self.prefix + Base64URL.encode(bytes)
    }

    /// Reads the id of one reservation that this signer has signed; anything else is `nil`.
    package init?(_ text: String, signer: some ReservationSigner) {
        guard let stop = text.utf8.lastIndex(of: UInt8(ascii: ".")) else {
            self.init(text[...], version: Self.version, signer: signer)
            return
        }
        self.init(text[..<stop], version: Self.grantVersion, signer: signer)
        guard count(to: text.utf8[text.utf8.index(after: stop)...]) else { return nil }
    }

    /// Goes from a grant to its reservation of a number.
    ///
    /// - Returns: False when the digits are no number of the grant's.
    fileprivate mutating func count(to digits: Substring.UTF8View) -> Bool {
        guard (1...3).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return false }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        guard number < requests else { return false }
        serial += UInt64(number)
        requests = 1
        return true
    }

    /// Reads the id of a grant that this signer has signed; anything else is `nil`.
    package init?(grant text: String, signer: some ReservationSigner) {
        self.init(text[...], version: Self.grantVersion, signer: signer)
    }

    private init?(_ text: Substring, version: UInt8, signer: some ReservationSigner) {
        // By bytes: to compare characters costs as much as all that follows.
        guard text.utf8.count <= Self.maximumLength, text.utf8.starts(with: Self.prefix.utf8) else { return nil }
        let start = text.utf8.index(text.startIndex, offsetBy: Self.prefix.utf8.count)
        guard var body = Base64URL.decode(text[start...]) else { return nil }
        guard body.count > Self.tagLength + 9, body[0] == version else { return nil }
        let second = Self.word(body, at: body.count - 8)
        let first = Self.word(body, at: body.count - Self.tagLength)
        body.removeLast(Self.tagLength)
        let tag = signer.tag(body)
        // Both words are compared as a whole, so the time taken says nothing about where a forged tag differs.
        guard (tag.0 ^ first) | (tag.1 ^ second) == 0 else { return nil }
        var rest = body.dropFirst()
        guard let serial = Self.takeFixed(&rest), let nanoUSD = Self.takeVariable(&rest),
            let tokens = Self.takeVariable(&rest),
            let requests = version == Self.grantVersion ? Self.takeVariable(&rest) : 1,
            let keyID = String(validating: rest, as: UTF8.self)
        else { return nil }
        self.init(serial: serial, keyID: keyID, nanoUSD: nanoUSD, tokens: tokens, requests: requests)
    }

    private static func word(_ bytes: [UInt8], at start: Int) -> UInt64 {
        bytes.withUnsafeBytes { UInt64(bigEndian: $0.loadUnaligned(fromByteOffset: start, as: UInt64.self)) }
    }

    private static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    private static func appendVariable(_ value: UInt64, to bytes: inout [UInt8]) {
        var value = value
        while value >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        bytes.append(UInt8(value))
    }

    private static func takeFixed(_ bytes: inout ArraySlice<UInt8>) -> UInt64? {
        guard bytes.count >= 8 else { return nil }
        let value = bytes.prefix(8).reduce(0 as UInt64) { $0 << 8 | UInt64($1) }
        bytes = bytes.dropFirst(8)
        return value
    }

    private static func takeVariable(_ bytes: inout ArraySlice<UInt8>) -> Int? {
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 63, by: 7) {
            guard let byte = bytes.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return Int(exactly: value) }
        }
        return nil
    }
}

/// Reads the ids of one key's reservations, and remembers the grant that was read last: those of a grant come one after another,
/// and to decode and verify its id is most of what reading one costs.
package struct ReservationReader: Sendable {
    private var grant: (id: String, code: ReservationCode)?

    package init() {}

    /// What ``ReservationCode/init(_:signer:)`` reads.
    package mutating func code(of id: String, signer: some ReservationSigner) -> ReservationCode? {
        guard let stop = id.utf8.lastIndex(of: UInt8(ascii: ".")) else { return ReservationCode(id, signer: signer) }
        let length = id.utf8.distance(from: id.startIndex, to: stop)
        if grant.map({ $0.id.utf8.count == length && id.hasPrefix($0.id) }) != true {
            let name = String(id[..<stop])
            guard let code = ReservationCode(grant: name, signer: signer) else { return nil }
            grant = (name, code)
        }
        guard var code = grant?.code, code.count(to: id.utf8[id.utf8.index(after: stop)...]) else { return nil }
        return code
    }
}
