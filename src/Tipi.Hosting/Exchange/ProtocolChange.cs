namespace Tipi.Hosting.Exchange;

/// <summary>
/// A connection that goes on in HTTP/2: from its first byte, which a client may know to be understood here, or after a
/// request that asked for it (RFC 7540 §3.2).
/// </summary>
/// <param name="Settings">What the client told of itself with its request, decoded; empty without a request.</param>
/// <param name="Request">The request, which becomes the first stream; null from the first byte.</param>
internal sealed record ProtocolChange(byte[] Settings, CarriedRequest? Request)
{
    /// <summary>The client began with the preface of HTTP/2.</summary>
    internal static ProtocolChange PriorKnowledge { get; } = new([], Request: null);
}
