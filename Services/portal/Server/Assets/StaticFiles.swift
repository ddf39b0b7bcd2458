import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import PortalCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The files that pages load: in the program itself, fonts from a folder beside it when there is one.
///
/// A name holds the hash of what it names, so that browsers keep a file for good.
struct StaticFiles: PageGroup {
    private struct File: Sendable {
        var type: String
        var plain: ByteBuffer
        var gzip: ByteBuffer?
    }

    private var files: [String: File] = [:]
    private var addresses: [String: String] = [:]
    /// The style sheet with the fonts, where they are.
    private(set) var fontStyle: String?

    init(fonts: FontFolder?) {
        let style = PackageResources.tokens_css + PackageResources.ui_css + PackageResources.pages_css
        add("portal.css", "text/css; charset=utf-8", StyleSheet.minified(style))
        add("portal.js", "text/javascript; charset=utf-8", PackageResources.portal_js)
        add("icon.svg", "image/svg+xml", PackageResources.icon_svg)
        guard let fonts, !fonts.faces.isEmpty else { return }
        for face in fonts.faces { add(face.file, "font/woff2", face.bytes, compresses: false) }
        for text in fonts.licences { add(text.file, "text/plain; charset=utf-8", text.bytes) }
        let sheet = fonts.faces.map { $0.rule(address(of: $0.file)) }.joined(separator: "\n")
        add("fonts.css", "text/css; charset=utf-8", Array(sheet.utf8))
        fontStyle = address(of: "fonts.css")
    }

    /// The address of a file by its name in the source; empty when there is none.
    func address(of name: String) -> String { addresses[name] ?? "" }

    func add(to routes: PortalRoutes) {
        routes.open.get("/static/:name") { [files] request, context in
            guard let name = context.parameters.get("name"), let file = files[name] else { throw Problem.notFound }
            var headers: HTTPFields = [.contentType: file.type, .cacheControl: "public, max-age=31536000, immutable"]
            headers[.vary] = "Accept-Encoding"
            if let gzip = file.gzip, GZip.isAccepted(request.headers[.acceptEncoding]) {
                headers[.contentEncoding] = "gzip"
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: gzip))
            }
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: file.plain))
        }
    }

    private mutating func add(_ name: String, _ type: String, _ bytes: [UInt8], compresses: Bool = true) {
        let dot = name.lastIndex(of: ".") ?? name.endIndex
        let hashed = "\(name[..<dot]).\(Self.hash(bytes))\(name[dot...])"
        let packed = compresses ? GZip.compressed(bytes) : nil
        files[hashed] = File(
            type: type,
            plain: ByteBuffer(bytes: bytes),
            gzip: packed.flatMap { $0.count < bytes.count ? ByteBuffer(bytes: $0) : nil }
        )
        addresses[name] = "/static/\(hashed)"
    }

    /// FNV-1a with 64 bits: it tells versions apart and guards nothing.
    private static func hash(_ bytes: [UInt8]) -> String {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let text = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - text.utf8.count) + text
    }
}

/// Style sheets without what only their writers read.
enum StyleSheet {
    /// Takes out comments, and white space at both ends of lines.
    static func minified(_ bytes: [UInt8]) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == UInt8(ascii: "/"), index + 1 < bytes.count, bytes[index + 1] == UInt8(ascii: "*") {
                index += 2
                while index + 1 < bytes.count,
                    bytes[index] != UInt8(ascii: "*") || bytes[index + 1] != UInt8(ascii: "/")
                {
                    index += 1
                }
                index += 2
                continue
            }
            index += 1
            if byte == 0x0A || byte == 0x20 {
                // One space is as good as many, and none is needed beside a brace.
                if let last = output.last, last != 0x20, last != UInt8(ascii: "{"), last != UInt8(ascii: ";"),
                    last != UInt8(ascii: "}")
                {
                    output.append(0x20)
                }
                continue
            }
            if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}"), output.last == 0x20 { output.removeLast() }
            output.append(byte)
        }
        return output
    }
}
