import Secrets

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Ids of rows: a prefix and 65 random bits.
enum BookNames {
    static func makeAccount() -> String { make("acc_") }
    static func makeProxy() -> String { make("proxy_") }

    private static func make(_ prefix: String) -> String {
        let digits = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        let characters = randomBytes(13).map { digits[Int($0 & 31)] }
        return prefix + String(decoding: characters, as: UTF8.self)
    }
}

/// The time that rows are stamped with.
enum BookTime {
    static var nowUS: Int {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int(time.tv_sec) * 1_000_000 + Int(time.tv_nsec) / 1000
    }
}
