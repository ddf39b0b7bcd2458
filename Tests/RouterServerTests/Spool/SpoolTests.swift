import Contracts
import Foundation
import RouterServer
import Synchronization
import Testing

@Suite("The spool")
struct SpoolTests {
    let root = NSTemporaryDirectory() + "spool-" + UUID().uuidString

    static func record(_ id: String, _ outcome: Outcome, output: Int = 7) -> UsageRecord {
        UsageRecord(
            requestID: id,
            reservationID: "lease-" + id,
            keyID: "key",
            outcome: outcome,
            dialect: "openai",
            requestedModel: "demo/echo",
            startedUS: 1_700_000_000_000_000,
            totalMS: 12,
            attempts: [
                Attempt(
                    n: 1,
                    provider: "demo",
                    model: "echo",
                    account: "main",
                    status: 200,
                    durationMS: 12,
                    usage: TokenUsage(input: 11, output: output),
                    usageSource: .estimated
                )
            ]
        )
    }

    @Test("a closed record is handed out until it is settled, then never again")
    func settling() throws {
        let spool = try Spool(root: root, instance: "a")
        try spool.open(Self.record("1", .interrupted, output: 99))
        #expect(spool.batch().isEmpty)
        try spool.close(Self.record("1", .ok))
        #expect(spool.batch().compactMap(\.record) == [Self.record("1", .ok)])
        #expect(spool.batch().compactMap(\.record) == [Self.record("1", .ok)])
        spool.settled(["1"])
        #expect(spool.batch().isEmpty)
        #expect(spool.count == 0)
    }

    @Test("looking at a living router's folder closes nobody else's descriptors")
    func refusedLock() async throws {
        let spool = try Spool(root: root, instance: "a")
        let isOver = Mutex(false)
        let mine = Task.detached {
            var lost = 0
            while !isOver.withLock({ $0 }) {
                let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
                // Fails where somebody has closed it already.
                if close(descriptor) != 0 { lost += 1 }
            }
            return lost
        }
        for _ in 0..<10_000 { #expect(SpoolFolder.adopt(root: root, except: "b").isEmpty) }
        isOver.withLock { $0 = true }
        #expect(await mine.value == 0)
        #expect(spool.count == 0)
    }

    @Test("what was open when a router died is found as it was noted")
    func compactNotes() throws {
        var records = [Self.record("plain", .interrupted), Self.record("tried", .interrupted, output: -3)]
        records[1].attempts.append(records[0].attempts[0])
        records[1].attempts[1].reason = "überlastet 🐢"
        records[1].chain = "fast"
        records[1].firstTokenMS = 0
        records.append(Self.record("saved", .interrupted))
        records[2].savings = [Saving(saver: "rtk", rule: "ls", tokensBefore: 9, tokensAfter: 3, priceClass: "input")]
        records.append(Self.record("bare", .interrupted))
        records[3].reservationID = nil
        records[3].attempts = []
        do {
            let spool = try Spool(root: root, instance: "dead")
            for record in records { try spool.open(record) }
        }
        let adopted = SpoolFolder.adopt(root: root, except: "alive")
        #expect(adopted.count == 1)
        #expect(adopted.first?.records == records)
    }

    @Test("without room for more, what begins is refused, and what was begun still ends and settles")
    func fullDisk() throws {
        var limits = Spool.Limits()
        limits.segment = 4096
        let spool = try Spool(root: root, instance: "a", limits: limits)
        var opened: [String] = []
        // Nothing can be made in a folder that is gone: what a full disk does to new segments.
        try FileManager.default.moveItem(atPath: spool.folder, toPath: spool.folder + "-gone")
        let refusal = #expect(throws: SpoolError.self) {
            for id in 0..<1000 {
                try spool.open(Self.record(String(id), .interrupted, output: 99))
                opened.append(String(id))
            }
        }
        #expect(refusal?.operation == "create" && !opened.isEmpty)
        for id in opened { #expect(try spool.close(Self.record(id, .ok))?.operation == "create") }
        #expect(throws: SpoolError.self) { try spool.close(Self.record("never opened", .ok)) }
        #expect(spool.batch().compactMap(\.record) == opened.map { Self.record($0, .ok) })
        // A router that dies now owes what was noted when the requests began: its files, without its lock.
        try FileManager.default.createDirectory(atPath: root + "-dead", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: spool.folder + "-gone", toPath: root + "-dead/a")
        let adopted = try #require(SpoolFolder.adopt(root: root + "-dead", except: "alive").first)
        #expect(adopted.records == opened.map { Self.record($0, .interrupted, output: 99) })
        // There is room again: the same spool goes on.
        try FileManager.default.moveItem(atPath: spool.folder + "-gone", toPath: spool.folder)
        spool.settled(opened)
        #expect(spool.count == 0)
        try spool.open(Self.record("next", .interrupted))
        #expect(try spool.close(Self.record("next", .ok)) == nil)
    }

    @Test("records come in the order in which they ended, at most as many as asked for")
    func order() throws {
        let spool = try Spool(root: root, instance: "a")
        for id in 0..<1_200 { try spool.open(Self.record(String(id), .interrupted)) }
        for id in (0..<1_200).reversed() { try spool.close(Self.record(String(id), .ok)) }
        var seen: [String] = []
        while true {
            let batch = spool.batch(limit: 500).map(\.requestID)
            guard !batch.isEmpty else { break }
            #expect(batch.count <= 500)
            seen += batch
            spool.settled(batch)
        }
        #expect(seen == (0..<1_200).reversed().map(String.init))
    }

    @Test("a second close of a request does not change what is settled")
    func closedOnce() throws {
        let spool = try Spool(root: root, instance: "a")
        try spool.close(Self.record("1", .ok))
        try spool.close(Self.record("1", .cancelled))
        try spool.open(Self.record("1", .interrupted))
        #expect(spool.batch().compactMap(\.record) == [Self.record("1", .ok)])
    }

    @Test("segments are deleted as their requests are settled")
    func segments() throws {
        var limits = Spool.Limits()
        limits.segment = 8 << 10
        let spool = try Spool(root: root, instance: "a", limits: limits)
        for id in 0..<400 {
            try spool.open(Self.record(String(id), .interrupted))
            try spool.close(Self.record(String(id), .ok))
            if id % 10 == 9 { spool.settled(spool.batch().map(\.requestID)) }
        }
        #expect(spool.segmentCount <= 3)
        let files = try FileManager.default.contentsOfDirectory(atPath: spool.folder)
        // The lock, and at most one segment that is kept to be filled again.
        #expect(files.count <= spool.segmentCount + 2)
    }

    @Test("a segment that is filled again shows an adopter nothing of its former life")
    func reuse() throws {
        var limits = Spool.Limits()
        limits.segment = 8 << 10
        do {
            let spool = try Spool(root: root, instance: "dead", limits: limits)
            for id in 0..<200 {
                try spool.close(Self.record(String(id), .ok))
                if id < 190 { spool.settled([String(id)]) }
            }
        }
        let adopted = SpoolFolder.adopt(root: root, except: "me")
        let left = try #require(adopted.first?.records.map(\.requestID))
        #expect(left == (190..<200).map(String.init))
    }

    @Test("a full spool refuses what begins and keeps what was begun")
    func full() throws {
        var limits = Spool.Limits()
        limits.segment = 4 << 10
        limits.total = 12 << 10
        let spool = try Spool(root: root, instance: "a", limits: limits)
        var begun: [String] = []
        let refusal = #expect(throws: SpoolError.self) {
            for id in 0..<100 {
                try spool.open(Self.record(String(id), .interrupted))
                begun.append(String(id))
            }
        }
        #expect(refusal?.operation == "grow")
        #expect(!begun.isEmpty)
        for id in begun { try spool.close(Self.record(id, .ok)) }
        #expect(spool.batch().map(\.requestID) == begun)
        spool.settled(begun)
        try spool.open(Self.record("again", .interrupted))
    }

    @Test("a folder in use is neither opened twice nor adopted")
    func locking() throws {
        let spool = try Spool(root: root, instance: "a")
        try spool.close(Self.record("1", .ok))
        #expect(throws: SpoolError.self) { try Spool(root: root, instance: "a") }
        #expect(SpoolFolder.adopt(root: root, except: "b").isEmpty)
        #expect(spool.count == 1)
    }

    @Test("what a dead router left is adopted once: closes as they are, opens as interrupted")
    func adoption() throws {
        do {
            let spool = try Spool(root: root, instance: "dead")
            try spool.open(Self.record("open", .interrupted, output: 40))
            try spool.open(Self.record("closed", .interrupted, output: 40))
            try spool.close(Self.record("closed", .ok))
            try spool.open(Self.record("settled", .interrupted))
            try spool.close(Self.record("settled", .ok))
            spool.settled(["settled"])
        }
        let adopted = SpoolFolder.adopt(root: root, except: "me")
        #expect(adopted.count == 1)
        #expect(adopted.first?.records == [Self.record("open", .interrupted, output: 40), Self.record("closed", .ok)])
        #expect(SpoolFolder.adopt(root: root, except: "me").isEmpty)
        adopted.first?.remove()
        #expect(!FileManager.default.fileExists(atPath: root + "/dead"))
    }

    @Test("a torn or altered tail costs only what is behind it", arguments: [1, 17, 200])
    func tornTail(cut: Int) throws {
        do {
            let spool = try Spool(root: root, instance: "dead")
            try spool.close(Self.record("1", .ok))
            try spool.close(Self.record("2", .ok))
        }
        let path = root + "/dead/000001"
        var bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        let end = try #require(bytes.lastIndex { $0 != 0 })
        bytes[end - cut] ^= 0x55
        try Data(bytes).write(to: URL(filePath: path))
        let adopted = SpoolFolder.adopt(root: root, except: "me")
        #expect(adopted.first?.records == [Self.record("1", .ok)])
    }
}
