import Hummingbird
import PortalCore

/// What a page wants to know of a request.
struct PageRequest {
    let context: PortalContext
    let path: String
    let query: String
    let host: String
    /// Whether a script asks for the page's middle alone.
    let accept: String
    /// Where a form of the page leads back to: the page itself, or the list that an act was on.
    let back: String

    /// What has no list of its own stands in another's.
    private static let lists = [
        "accounts": "providers", "aliases": "chains", "prices": "settings", "proxies": "settings",
    ]

    init(_ request: Request, _ context: PortalContext) {
        self.context = context
        path = request.uri.path
        query = request.uri.query ?? ""
        let authority = request.head.authority ?? ""
        // It is shown and copied: whatever is no plain host name is not.
        let isPlain = authority.utf8.allSatisfy { byte in
            (0x30...0x3A).contains(byte) || (0x41...0x5B).contains(byte) || byte == 0x5D || (0x61...0x7A).contains(byte)
                || byte == 0x2D || byte == 0x2E
        }
        host = authority.isEmpty || !isPlain ? "localhost:20180" : authority
        accept = request.headers[.acceptEncoding] ?? ""
        let area = path.split(separator: "/").first.map(String.init) ?? ""
        // An act's own address answers no GET.
        back =
            request.method == .get
            ? (query.isEmpty ? path : "\(path)?\(query)") : "/" + (Self.lists[area] ?? area)
    }

    /// The pages that answer without one: sign-in forms and problems.
    init(_ context: PortalContext, path: String) {
        self.context = context
        self.path = path
        query = ""
        host = "localhost:20180"
        accept = ""
        back = path
    }

    func query(_ names: String...) -> PageQuery { PageQuery(query, names: names) }
}
