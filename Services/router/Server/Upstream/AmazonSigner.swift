import Dialects
import HTTP
import NIOCore
import NIOHTTP1
import Observability
import RouterCore
import Secrets

/// Signs the requests of an account at Bedrock that has an access key; a key of Bedrock's own goes as a bearer.
struct AmazonSigner {
    private static let service = "bedrock"

    private let signature: AmazonSignature

    /// - Returns: `nil` where nothing is signed.
    init?(_ candidate: Candidate) {
        guard candidate.target.provider.dialects.contains(.bedrock), let secret = candidate.account.credential?.secret,
            let credential = try? AmazonCredential(secret)
        else { return nil }
        signature = AmazonSignature(credential, service: Self.service)
    }

    /// Adds the signature.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - target: The path as it is sent.
    ///   - body: The whole body.
    ///   - origin: Where the request goes.
    ///   - headers: The request's, of which type and host are signed.
    func sign(
        _ method: HTTPMethod,
        _ target: String,
        _ body: ByteBuffer,
        to origin: UpstreamOrigin,
        _ headers: inout HTTPHeaders
    ) {
        var signed = [(name: "host", value: origin.authority)]
        if let type = headers.first(name: "content-type") { signed.append(("content-type", type)) }
        let added = signature.headers(
            method.rawValue,
            target,
            headers: signed,
            body: body.readableBytesView,
            at: CivilTime.compact(Int(WallClock.now() / 1_000_000))
        )
        for (name, value) in added { headers.replaceOrAdd(name: name, value: value) }
    }
}
