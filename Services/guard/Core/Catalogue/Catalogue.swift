import Patterns
import Synchronization

/// All patterns that come with the product; compiled when a policy first needs them.
package final class Catalogue: Sendable {
    /// What comes with the product; the tests see to it that every file of it can be read.
    package static let builtin = Catalogue { Content(BuiltinCatalogue.files, own: []) }

    /// What the files hold; read when somebody asks for it, for a guard without a policy needs none of it.
    private struct Content: Sendable {
        let files: [CatalogueFile]
        let entries: [DetectorEntry]
        /// How many of the entries come with the product; they stand before all others.
        let builtinCount: Int
        let version: String

        init(_ files: [CatalogueFile], own: [CatalogueFile]) {
            self.files = files + own
            let builtin = files.flatMap(\.entries)
            builtinCount = builtin.count
            entries = builtin + own.flatMap(\.entries)
            version = Catalogue.version(of: entries)
        }
    }

    private let read: @Sendable () -> Content
    private let known = Mutex<Content?>(nil)
    /// Which of them could not be compiled; the tests see to it that there is none.
    private let compiled = Mutex<[Detector: [CompiledEntry]]>([:])

    package convenience init(_ files: [CatalogueFile]) {
        self.init { Content(files, own: []) }
    }

    private init(_ read: @escaping @Sendable () -> Content) {
        self.read = read
    }

    private var content: Content {
        known.withLock { known in
            if let known { return known }
            let content = read()
            known = content
            return content
        }
    }

    package var entries: [DetectorEntry] { content.entries }
    package var files: [CatalogueFile] { content.files }
    /// Changes with everything that can change a verdict.
    package var version: String { content.version }

    /// The same with catalogues of the operator.
    package func adding(_ own: [CatalogueFile]) -> Catalogue {
        own.isEmpty ? self : Catalogue { Content(self.files, own: own) }
    }

    package func compiled(_ detector: Detector) -> [CompiledEntry] {
        compiled.withLock { compiled in
            if let known = compiled[detector] { return known }
            let content = content
            let fresh = content.entries.enumerated().compactMap { place, entry in
                entry.detector == detector ? try? CompiledEntry(entry, isBuiltin: place < content.builtinCount) : nil
            }
            compiled[detector] = fresh
            return fresh
        }
    }

    /// The names that a policy may use.
    package func entities(of detector: Detector) -> [String] {
        var names: [String] = []
        for entry in entries where entry.detector == detector && !names.contains(entry.entity) {
            names.append(entry.entity)
        }
        return names
    }

    private static func version(of entries: [DetectorEntry]) -> String {
        var hash = FingerprintHash()
        for entry in entries {
            for text in [
                entry.id, entry.entity, entry.pattern, entry.check.rawValue, "\(entry.score)", "\(entry.trigger)",
            ] {
                hash.add(text)
            }
        }
        return hash.hexadecimal
    }
}

/// FNV-1a of 64 bits, the same in every process and on every machine.
package struct FingerprintHash {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    package mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        add(0)
    }

    package mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    package var hexadecimal: String {
        let digits = String(state, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
