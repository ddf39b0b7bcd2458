import MeterCore
import Testing

@Suite("Reservation ids")
struct ReservationCodeTests {
    private static let code = ReservationCode(
        serial: 1_795_492_800_000 << 20 | 77,
        keyID: "key_4fz8",
        nanoUSD: 1_234_567_890_123,
        tokens: 5096
    )

    @Test("an id says what was reserved", arguments: 0..<200 as Range<UInt64>)
    func roundTrip(seed: UInt64) {
        var random = Seeded(seed)
        let code = ReservationCode(
            serial: .random(in: 0...UInt64.max, using: &random),
            keyID: String(repeating: "k", count: .random(in: 0...40, using: &random)) + "é",
            nanoUSD: .random(in: 0...Int.max, using: &random),
            tokens: .random(in: 0...(1 << Int.random(in: 1...62, using: &random)), using: &random)
        )
        let id = code.encoded(by: TestSigner())
        #expect(ReservationCode(id, signer: TestSigner()) == code)
        #expect(id.utf8.count <= 150)
    }

    @Test("an id with any character changed is not one")
    func tampered() {
        let id = Array(Self.code.encoded(by: TestSigner()).utf8)
        for index in id.indices {
            var changed = id
            changed[index] = changed[index] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
            #expect(ReservationCode(String(decoding: changed, as: UTF8.self), signer: TestSigner()) == nil)
            #expect(ReservationCode(String(decoding: id[..<index], as: UTF8.self), signer: TestSigner()) == nil)
        }
    }

    @Test("an id of another data folder is not one")
    func foreign() {
        let id = Self.code.encoded(by: TestSigner(key: 1))
        #expect(ReservationCode(id, signer: TestSigner(key: 2)) == nil)
        #expect(ReservationCode(id, signer: TestSigner(key: 1)) == Self.code)
    }

    @Test("a reader that knows a grant reads its reservations as they are read alone, and no others")
    func reader() {
        let grant = ReservationCode(serial: 5 << 20, keyID: "key_a", nanoUSD: 256, tokens: 512, requests: 256)
        let other = ReservationCode(serial: 9 << 20, keyID: "key_a", nanoUSD: 1, tokens: 2, requests: 3)
        let (id, second) = (grant.encoded(by: TestSigner()), other.encoded(by: TestSigner()))
        let forged = grant.encoded(by: TestSigner(key: 2))
        let ids = [
            "\(id).0", "\(id).255", "\(id).256", "\(id).", "\(id).-1", "\(id).+1", "\(id).1.1", "\(id)", "\(id)x.1",
            "\(id.dropLast()).1", "\(second).1", "\(second).3", "\(id).7", "\(forged).7",
            Self.code.encoded(by: TestSigner()),
            "\(id).9é", "\(id).12",
        ]
        var reader = ReservationReader()
        for id in ids + ids.reversed() {
            #expect(reader.code(of: id, signer: TestSigner()) == ReservationCode(id, signer: TestSigner()), "\(id)")
        }
        #expect(reader.code(of: "\(id).255", signer: TestSigner())?.serial == 5 << 20 + 255)
    }

    @Test(
        "what is no id at all is refused",
        arguments: ["", "rsv_", "rsv_!!!!", "rsv_AAAA", String(repeating: "A", count: 100_000), "kr_abc", "rsv_é"]
    )
    func garbage(text: String) {
        #expect(ReservationCode(text, signer: TestSigner()) == nil)
    }

    @Test("random bytes behind the prefix never pass", arguments: 0..<50 as Range<UInt64>)
    func noise(seed: UInt64) {
        var random = Seeded(seed)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        let length = Int.random(in: 0...200, using: &random)
        let text = (0..<length).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] }
        #expect(ReservationCode("rsv_" + String(text), signer: TestSigner()) == nil)
    }
}
