import Contracts
import Hummingbird
import JSON
import NIOCore
import PortalCore

/// `/requests.csv` and `/requests.json`: what the list shows, as files.
struct ExportPages: PageGroup {
    /// Rows of one file; more are got by narrowing the range.
    private static let most = 5000

    let view: PageView

    func add(to routes: PortalRoutes) {
        routes.admin.get("/requests.csv") { request, context in
            let items = try await items(PageRequest(request, context))
            return file("text/csv; charset=utf-8", "requests.csv", Array(Self.csv(items).utf8))
        }
        routes.admin.get("/requests.json") { request, context in
            var writer = JSONWriter()
            ListReply(items: try await items(PageRequest(request, context)), next: nil).write(to: &writer)
            return file("application/json", "requests.json", writer.bytes)
        }
    }

    private func items(_ request: PageRequest) async throws -> [UsageItem] {
        let query = PageQuery(request.query, names: RequestPages.names)
        let range = query["range"].flatMap(TimeRange.init(rawValue:)) ?? .month
        let filter = RequestPages.filter(query, range, nowUS: view.parts.clock.nowUS)
        return try await view.parts.peers.all(AdminMethods.meterV1.usage, filter: filter, limit: Self.most)
    }

    private func file(_ type: String, _ name: String, _ bytes: [UInt8]) -> Response {
        var response = Response(
            status: .ok,
            headers: [.contentType: type],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        )
        response.headers.set("Content-Disposition", "attachment; filename=\"\(name)\"")
        return response
    }

    static func csv(_ items: [UsageItem]) -> String {
        var text = "id,time,key,provider,model,outcome,attempts,input,output,saved,cost_usd,first_token_ms,total_ms\r\n"
        for item in items {
            let cost = item.costNanoUSD.map { String(Dollars.exact($0).filter { $0 != "$" && $0 != "," }) } ?? ""
            let cells = [
                item.requestID, Moments.iso(item.startedUS), item.keyID, item.provider, item.model,
                item.outcome.rawValue,
                "\(item.attempts)", "\(item.usage.wholeInput)", "\(item.usage.output)", "\(item.savedTokens)", cost,
                item.firstTokenMS.map { "\($0)" } ?? "", "\(item.totalMS)",
            ]
            text += cells.map(cell).joined(separator: ",") + "\r\n"
        }
        return text
    }

    /// Quoted where it must be; what a spreadsheet would run as a formula is made text.
    static func cell(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@\t\r".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        guard safe.contains(where: { ",\"\r\n".contains($0) }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
