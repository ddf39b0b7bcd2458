import HTTPTypes
import Hummingbird
import PortalCore

/// `/api/*`: the administration as JSON, and its description.
struct APIRoutes: PageGroup {
    let parts: PortalParts

    func add(to routes: PortalRoutes) {
        let operations = APICatalogue.operations(parts)
        for operation in operations {
            routes.admin.on(RouterPath(operation.pattern), method: operation.verb.method) { request, context in
                try await operation.run(APICall(request: request, context: context))
            }
        }
        let document = OpenAPI.document(operations)
        routes.admin.get("/api/openapi.json") { _, _ in Reply.json(bytes: document) }
    }
}
