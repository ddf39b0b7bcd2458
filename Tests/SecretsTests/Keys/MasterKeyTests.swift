import Foundation
import Secrets
import Testing

@Suite("Master key")
struct MasterKeyTests {
    /// Base64 of the bytes 0 to 31.
    static let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func load(_ environment: String? = nil, create: Bool = false) throws(SecretsError) -> MasterKey {
        try MasterKey.load(environment: environment, dataFolder: folder.path, createIfMissing: create)
    }

    private func bytes(_ key: Subkey) -> [UInt8] {
        key.withBytes { $0 }
    }

    // Computed with Python's hmac module: a change here makes every stored secret unreadable.
    @Test(
        "subkeys are the ones every release derives",
        arguments: [
            ("meter", "seal", "0691927f427ad3d1e8f026487fe0905c95390e1c4489811291a0eef9b13e7803"),
            ("router", "seal", "a05966288487af92a540336a227338e53eef745e564e1808e68961c1bd81d26b"),
        ]
    )
    func stableSubkeys(service: String, purpose: String, expected: String) throws {
        let master = try load(Self.text)
        #expect(bytes(master.subkey(for: service, purpose: purpose)) == hex(expected))
    }

    @Test("a derived key is the one every release derives")
    func stableDerivedKey() throws {
        let key = try load(Self.text).subkey(for: "meter").derived(for: "cache")
        #expect(bytes(key) == hex("0c2bc7ed93bd23594408b621c0ce0d9d92007a23365be7bef0f88e76b45dcc9a"))
    }

    @Test("moving a letter from service to purpose makes another key")
    func labelsDoNotRunTogether() throws {
        let master = try load(Self.text)
        #expect(
            bytes(master.subkey(for: "ab", purpose: "c")) != bytes(master.subkey(for: "a", purpose: "bc"))
        )
    }

    @Test("the first start makes a private file that the second reads")
    func createdOnce() throws {
        let made = try load(create: true)
        #expect(try folder.names() == ["master.key"])
        #expect(try folder.mode(of: "master.key") == 0o600)
        let read = try load()
        #expect(bytes(made.subkey(for: "meter")) == bytes(read.subkey(for: "meter")))
    }

    @Test("services that start together on an empty folder agree on one key")
    func createdByMany() async throws {
        let path = folder.path
        let keys = try await withThrowingTaskGroup(of: [UInt8].self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let key = try MasterKey.load(environment: nil, dataFolder: path, createIfMissing: true)
                    return key.subkey(for: "meter").withBytes { $0 }
                }
            }
            return try await group.reduce(into: Set<[UInt8]>()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(try folder.names() == ["master.key"])
    }

    @Test("without leave to create one, a missing key is an error that says what to do")
    func missing() {
        #expect(throws: SecretsError.masterKeyMissing(path: folder.path + "/master.key")) { try load() }
    }

    @Test("the environment wins over the file")
    func environmentWins() throws {
        try folder.write(Data(repeating: 7, count: 32).base64EncodedString(), to: "master.key", mode: 0o600)
        let key = try load(Self.text + "\n")
        #expect(bytes(key.subkey(for: "router")).prefix(2) == [0xA0, 0x59])
    }

    @Test(
        "an unusable key stops the start instead of being replaced",
        arguments: [
            ("", "it is empty"), (" \n", "it is empty"), ("not base64!", "it is not base64"),
            ("AAECAwQFBgc=", "expected base64 of 32 bytes, found 8 bytes"),
            (text + "AAAA", "it is not base64"),
            (Data(repeating: 0, count: 32).base64EncodedString(), "it is not random; try `openssl rand -base64 32`"),
        ]
    )
    func invalid(value: String, problem: String) throws {
        #expect(throws: SecretsError.masterKeyInvalid(source: "KEIROUTER_MASTER_KEY", problem: problem)) {
            try load(value, create: true)
        }
        #expect(try folder.names().isEmpty)
        try folder.write(value, to: "master.key", mode: 0o600)
        #expect(throws: SecretsError.masterKeyInvalid(source: folder.path + "/master.key", problem: problem)) {
            try load(create: true)
        }
    }

    @Test("a file that others may read or write is refused", arguments: [0o640, 0o604, 0o620, 0o644, 0o601])
    func readableByOthers(mode: Int) throws {
        try folder.write(Self.text, to: "master.key", mode: mode)
        let error = #expect(throws: SecretsError.self) { try load() }
        #expect(error == .masterKeyReadableByOthers(path: folder.path + "/master.key"))
        #expect(error?.description.contains("chmod 600") == true)
    }

    @Test("a folder or an oversize file in the key's place is refused")
    func oddFiles() throws {
        try FileManager.default.createDirectory(atPath: folder.path + "/master.key", withIntermediateDirectories: false)
        #expect(throws: SecretsError.self) { try load() }
        try FileManager.default.removeItem(atPath: folder.path + "/master.key")
        try folder.write(String(repeating: "A", count: 2000), to: "master.key", mode: 0o600)
        #expect(throws: SecretsError.self) { try load() }
    }

    @Test("a folder that is not there is named in the error")
    func noFolder() {
        let error = #expect(throws: SecretsError.self) {
            try MasterKey.load(environment: nil, dataFolder: folder.path + "/nowhere", createIfMissing: true)
        }
        #expect(error?.description.contains("/nowhere/master.key: No such file or directory") == true)
    }

    @Test("printing a key prints no key")
    func printing() throws {
        let master = try load(Self.text)
        #expect("\(master)" == "MasterKey([redacted])")
        #expect(String(reflecting: master.subkey(for: "meter")) == "Subkey([redacted])")
        var dumped = ""
        dump(master.subkey(for: "meter"), to: &dumped)
        #expect(dumped.contains("[redacted]") && !dumped.contains("sip"))
    }
}
