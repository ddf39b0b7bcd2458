import Bootstrap
import Contracts
import JSON
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps `run/state.json` up to date while the supervisor runs.
final class StateFile: Sendable {
    private static let longest = 64 << 10

    private let path: String
    private let state: Mutex<InstallationState>

    init(_ folder: DataFolder, _ state: InstallationState) {
        path = Self.path(in: folder)
        self.state = Mutex(state)
    }

    /// Changes the state and writes it; a reader sees the old file or the new one, never half of one.
    func update(_ change: (inout InstallationState) -> Void) {
        state.withLock { state in
            change(&state)
            var writer = JSONWriter()
            state.write(to: &writer)
            let temporary = "\(path).new"
            let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            guard descriptor >= 0 else { return }
            let bytes = writer.bytes
            let written = pwrite(descriptor, bytes, bytes.count, 0)
            close(descriptor)
            // It tells other commands what they can find out by themselves; a full disk is reported where it matters.
            if written == bytes.count { rename(temporary, path) } else { unlink(temporary) }
        }
    }

    func remove() {
        state.withLock { _ in _ = unlink(path) }
    }

    /// What stands in the file; `nil` when there is none or it cannot be read.
    static func read(in folder: DataFolder) -> InstallationState? {
        let descriptor = open(path(in: folder), O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let bytes = [UInt8](unsafeUninitializedCapacity: longest) { buffer, count in
            count = max(0, pread(descriptor, buffer.baseAddress, longest, 0))
        }
        guard let document = try? JSONDocument(bytes) else { return nil }
        return try? InstallationState(from: document.root)
    }

    private static func path(in folder: DataFolder) -> String {
        "\(folder.runFolder)/state.json"
    }
}
