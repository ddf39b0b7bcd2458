/// What to do with one frame of an upstream's stream.
public enum FrameVerdict: Hashable, Sendable {
    /// Pass it on. It carries no model output: structure, a ping, a comment, usage.
    case forward
    /// Pass it on. It carries model output (text, reasoning, a tool call); from the first of these on the answer can
    /// no longer move to another provider.
    case content
    /// Keep it from the client: the usage frame that the router asked for, or bytes behind the end of the stream.
    case drop
    /// Pass it on. The stream is whole.
    case terminal
    /// The upstream failed. Nothing that follows belongs to an answer.
    case failure(UpstreamFault)
}

/// How an upstream's stream ended once its bytes ran out.
public enum StreamEnd: Hashable, Sendable {
    /// It is a whole answer.
    case complete
    /// It broke off.
    case failure(UpstreamFault)
}
