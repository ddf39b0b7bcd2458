/// What `openssl x509 -text` prints around a certificate: headings without a value and long identifiers say nothing; whom it
/// is for, who made it, how long it holds, its algorithms and its uses stay, each line once.
struct CertificateText {
    private static let headings = Heads([
        "Data:", "Validity", "Subject Public Key Info:", "Modulus:", "X509v3 extensions:", "Signature Value:", "pub:",
        "X509v3 Subject Key Identifier:", "X509v3 Authority Key Identifier:", "Version: ", "Exponent: ", "keyid:",
    ])
    private var isInside = false
    private var said: Set<ByteKey> = []
    private(set) var dropped = 0

    /// Whether the line is left out.
    mutating func drops(_ line: ArraySlice<UInt8>) -> Bool {
        if line.equals("Certificate:") { isInside = true }
        guard line.first?.isBlank == true else {
            if !line.equals("Certificate:") { isInside = false }
            return false
        }
        guard isInside else { return false }
        let bare = line.trimmedStart.trimmedEnd
        // A heading that has a value, or is told the first time, is no repetition; names differ between certificates.
        let isOld = !said.insert(ByteKey(bare)).inserted
        guard Self.headings.begins(bare) || isOld else { return false }
        dropped += 1
        return true
    }
}
