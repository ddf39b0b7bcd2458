import MeterCore
import Testing

@Suite("Lease table")
struct LeaseTableTests {
    private static func lease(_ serial: UInt64, until expiresUS: Int) -> Lease {
        Lease(
            serial: serial,
            key: 0,
            requestID: "r\(serial)",
            nanoUSD: 1,
            tokens: 1,
            slice: 0,
            targets: [0],
            expiresUS: expiresUS
        )
    }

    @Test("any mix of calls and time keeps it equal to a dictionary", arguments: 0..<20 as Range<UInt64>)
    func model(seed: UInt64) {
        var random = Seeded(seed)
        var table = LeaseTable()
        var model: [UInt64: Int] = [:]
        var now = 0
        for serial in 1...3000 as ClosedRange<UInt64> {
            now += Int.random(in: 0...3, using: &random)
            var expired: Set<UInt64> = []
            while let lease = table.popExpired(at: now) { expired.insert(lease.serial) }
            #expect(expired == Set(model.filter { $0.value <= now }.keys))
            model = model.filter { $0.value > now }
            let known = model.keys.sorted().randomElement(using: &random) ?? 0
            switch Int.random(in: 0..<4, using: &random) {
            case 0, 1:
                table.open(Self.lease(serial, until: now + 60))
                model[serial] = now + 60
            case 2:
                #expect(table.renew(serial: known, until: now + 60) == (model[known] != nil))
                if model[known] != nil { model[known] = now + 60 }
            default:
                #expect((table.close(serial: known) != nil) == (model.removeValue(forKey: known) != nil))
            }
            #expect(table.count == model.count)
            #expect(table.lease(serial: known)?.expiresUS == model[known])
            #expect(table.lease(requestID: "r\(known)")?.serial == (model[known] == nil ? nil : known))
        }
    }
}
