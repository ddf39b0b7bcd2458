#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Where finished log lines go.
package protocol LogSink: Sendable {
    /// Takes one line, its newline included.
    func write(_ line: [UInt8])
}

/// Writes each line with one `write(2)`, so that lines of several threads and processes do not mix.
package struct DescriptorSink: LogSink {
    /// The standard error stream.
    package static let standardError = DescriptorSink(descriptor: STDERR_FILENO)

    private let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    package func write(_ line: [UInt8]) {
        line.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = put(UnsafeRawBufferPointer(rebasing: rest))
                if written < 0, errno == EINTR { continue }
                // Nobody reads, or the reader is too slow for a descriptor that must not block: a log line is not
                // worth a request, and there is nowhere to report it.
                guard written > 0 else { return }
                rest = rest.dropFirst(written)
            }
        }
    }

    private func put(_ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
