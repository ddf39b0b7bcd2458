import Secrets
import Testing

@Suite("Envelope")
struct EnvelopeTests {
    private let old = Subkey.random()
    private let new = Subkey.random()
    private let identity = "account/acc_1/api_key"

    private var envelope: Envelope { Envelope(keys: [1: old, 2: new], current: 2) }

    @Test("what was sealed opens again", arguments: [0, 1, 15, 16, 17, 4096])
    func roundTrip(length: Int) throws {
        let secret = randomBytes(length)
        let sealed = try envelope.seal(secret, identity: identity)
        #expect(sealed.count == length + Envelope.overhead)
        #expect(try envelope.open(sealed, identity: identity) == secret)
    }

    // Sealed by OpenSSL: format 1, key version 7, the nonce, the ciphertext, the tag.
    @Test("a value sealed by another implementation opens")
    func knownAnswer() throws {
        let key = try Subkey(bytes: hex("0691927f427ad3d1e8f026487fe0905c95390e1c4489811291a0eef9b13e7803"))
        let sealed = hex(
            "0100076465666768696a6b6c6d6e6f3a1c2a931c012b6821a53513653fca0e32af1bf37abf1243b3ff09cae581"
        )
        let opened = try Envelope(keys: [7: key], current: 7).open(sealed, identity: identity)
        #expect(opened == Array("sk-live-secret".utf8))
    }

    @Test("sealing twice gives different bytes, and none of them the secret")
    func nonces() throws {
        let secret = Array("sk-a-secret-that-must-not-show".utf8)
        let sealed = try (0..<50).map { _ in try envelope.seal(secret, identity: identity) }
        #expect(Set(sealed).count == sealed.count)
        #expect(sealed.allSatisfy { !String(decoding: $0, as: UTF8.self).contains("secret") })
    }

    @Test("one changed bit anywhere makes it unreadable")
    func tampering() throws {
        let sealed = try envelope.seal(Array("twenty bytes of text".utf8), identity: identity)
        for index in sealed.indices {
            for bit in 0..<8 {
                var changed = sealed
                changed[index] ^= 1 << UInt8(bit)
                #expect(throws: SecretsError.self, "byte \(index) bit \(bit)") {
                    try envelope.open(changed, identity: identity)
                }
            }
        }
    }

    @Test("relabelling the key version does not help, even when the keys are the same")
    func versionIsAuthenticated() throws {
        let twins = Envelope(keys: [1: old, 2: old], current: 2)
        var sealed = try twins.seal("secret", identity: identity)
        sealed[2] = 1
        #expect(throws: SecretsError.authenticationFailed) { try twins.open(sealed, identity: identity) }
    }

    @Test(
        "a value moved to another row or column does not open",
        arguments: ["account/acc_2/api_key", "account/acc_1/refresh", "", "account/acc_1/api_key "]
    )
    func swapped(other: String) throws {
        let sealed = try envelope.seal("secret", identity: identity)
        #expect(throws: SecretsError.authenticationFailed) { try envelope.open(sealed, identity: other) }
    }

    @Test("after a rotation old values open, and say that they should be sealed anew")
    func rotation() throws {
        let before = Envelope(keys: [1: old], current: 1)
        let sealed = try before.seal("secret", identity: identity)
        #expect(!before.needsRotation(sealed))
        #expect(envelope.needsRotation(sealed))
        #expect(try envelope.open(sealed, identity: identity) == Array("secret".utf8))
        let again = try envelope.seal(try envelope.open(sealed, identity: identity), identity: identity)
        #expect(!envelope.needsRotation(again))
        #expect(throws: SecretsError.unknownKeyVersion(2)) { try before.open(again, identity: identity) }
    }

    @Test("versions up to 65535 seal and others do not", arguments: [0, 255, 256, 65_535])
    func versions(version: Int) throws {
        let wide = Envelope(keys: [version: new], current: version)
        #expect(try wide.open(try wide.seal("s", identity: "i"), identity: "i") == [0x73])
        let missing = Envelope(keys: [version: new], current: 65_536)
        #expect(throws: SecretsError.unknownKeyVersion(65_536)) { try missing.seal("s", identity: "i") }
    }

    @Test("bytes that are no envelope are told apart and never crash")
    func malformed() throws {
        let sealed = try envelope.seal("", identity: identity)
        for length in 0..<sealed.count {
            #expect(throws: SecretsError.malformedEnvelope) {
                try envelope.open(Array(sealed[..<length]), identity: identity)
            }
        }
        var generator = SplitMix(state: 7)
        for _ in 0..<1000 {
            let length = Int.random(in: 0..<80, using: &generator)
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &generator) }
            #expect(throws: SecretsError.self) { try envelope.open(noise, identity: identity) }
        }
        #expect(envelope.needsRotation([]))
    }
}
