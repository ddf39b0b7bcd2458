import Bootstrap
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Data folder")
struct DataFolderTests {
    private func mode(_ path: String) -> mode_t? {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : nil
    }

    @Test("it is made with everything above it, for this user alone")
    func creation() throws {
        let parent = try TemporaryFolder()
        let folder = DataFolder("\(parent.path)/a/b")
        try folder.create()
        try folder.create()
        #expect(mode(folder.path) == 0o700)
        #expect(mode(folder.runFolder) == 0o700)
        #expect(folder.isPrivate)
        #expect(folder.file("meter.db") == "\(parent.path)/a/b/meter.db")
    }

    @Test("a file in its place is an error that says so")
    func notAFolder() throws {
        let parent = try TemporaryFolder()
        let file = try parent.write("x", to: "f")
        let error = try #require(throws: DataFolderError.self) { try DataFolder(file).create() }
        #expect(error.description == "\(file) is not a folder")
    }

    @Test("a folder that cannot be written to is an error that says what to do", .enabled(if: getuid() != 0))
    func notWritable() throws {
        let parent = try TemporaryFolder()
        chmod(parent.path, 0o500)
        defer { chmod(parent.path, 0o700) }
        for path in [parent.path, "\(parent.path)/x"] {
            let error = try #require(throws: DataFolderError.self) { try DataFolder(path).create() }
            #expect(error.description.contains(path) && error.description.hasSuffix("choose another with --data"))
        }
    }

    @Test("a service has one socket, a replica has one beside its likes")
    func sockets() {
        let folder = DataFolder("/d")
        #expect(folder.socketPath(service: "meter") == "/d/run/meter.sock")
        #expect(folder.socketPath(service: "meter", instance: "") == "/d/run/meter.sock")
        #expect(folder.socketPath(service: "guard", instance: "2") == "/d/run/guard/2.sock")
        #expect(folder.socketPath(service: "guard", instance: "../x") == "/d/run/guard/___x.sock")
    }

    @Test(
        "no socket's path is too long, whatever the folder and the instance",
        arguments: [1, 40, 58, 59, 60, 61, 90, 103, 500]
    )
    func longPaths(length: Int) throws {
        let folder = DataFolder("/" + String(repeating: "d", count: length))
        let instances = [nil, "1", String(repeating: "container-name.", count: 20)]
        var sockets: Set<String> = []
        for service in PeerName.allCases.map(\.rawValue) {
            for instance in instances {
                let socket = folder.socketPath(service: service, instance: instance)
                #expect(socket.utf8.count < 104)
                #expect(socket.hasPrefix(folder.socketFolder + "/"))
                sockets.insert(socket)
            }
        }
        #expect(sockets.count == 12)
        #expect(folder.socketFolder == DataFolder(folder.path).socketFolder)
        if length >= 90 {
            #expect(folder.socketFolder.hasPrefix("/tmp/keirouter-\(getuid())-"))
            #expect(folder.socketFolder != DataFolder(folder.path + "x").socketFolder)
        }
    }

    @Test("the fallback for sockets is refused when others could write to it or it is a link")
    func hostileFallback() throws {
        let unique = String(UInt64.random(in: .min ... .max), radix: 16)
        let folder = DataFolder("/tmp/kr-\(unique)" + String(repeating: "d", count: 90))
        defer {
            rmdir(folder.socketFolder + "/guard")
            rmdir(folder.socketFolder)
        }
        let socket = try folder.prepareSocket(service: "guard", instance: "1")
        #expect(socket.hasSuffix("/guard/1.sock"))
        #expect(mode(folder.socketFolder) == 0o700)
        chmod(folder.socketFolder, 0o777)
        #expect(throws: DataFolderError.self) { try folder.prepareSocket(service: "meter") }
        rmdir(folder.socketFolder + "/guard")
        rmdir(folder.socketFolder)
        #expect(symlink("/tmp", folder.socketFolder) == 0)
        defer { unlink(folder.socketFolder) }
        #expect(throws: DataFolderError.self) { try folder.prepareSocket(service: "meter") }
    }

    @Test("one process at a time has the lock, and the other learns which")
    func lock() throws {
        let parent = try TemporaryFolder()
        let folder = DataFolder(parent.path)
        try folder.create()
        #expect(DataFolderLock.holder(of: folder) == nil)
        var first: DataFolderLock? = try DataFolderLock.take(folder)
        #expect(first != nil)
        #expect(DataFolderLock.holder(of: folder) == getpid())
        let error = try #require(throws: DataFolderError.self) { _ = try DataFolderLock.take(folder) }
        #expect(error.description.contains("in use by the process \(getpid())"))
        #expect(error.description.contains("--data"))
        first = nil
        #expect(DataFolderLock.holder(of: folder) == nil)
        let again = try DataFolderLock.take(folder)
        #expect(DataFolderLock.holder(of: folder) == getpid())
        withExtendedLifetime(again) {}
    }

    @Test("a service's data has a lock of its own")
    func serviceLock() throws {
        let parent = try TemporaryFolder()
        let folder = DataFolder(parent.path)
        try folder.create()
        let all = try DataFolderLock.take(folder)
        let meter = try DataFolderLock.take(folder, service: "meter")
        let error = try #require(throws: DataFolderError.self) { _ = try DataFolderLock.take(folder, service: "meter") }
        #expect(error.description.contains("the meter's data in \(parent.path) is in use by the process \(getpid())"))
        let guardLock = try DataFolderLock.take(folder, service: "guard")
        withExtendedLifetime((all, meter, guardLock)) {}
    }
}
