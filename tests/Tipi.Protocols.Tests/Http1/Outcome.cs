using Tipi.Protocols.Http;
using Tipi.Protocols.Http1;

namespace Tipi.Protocols.Tests.Http1;

/// <summary>What came of a request: compared between one way of feeding it and another.</summary>
/// <param name="Status">The parser's last word.</param>
/// <param name="Code">The error, when it is invalid.</param>
/// <param name="InBody">The head was complete.</param>
/// <param name="Consumed">Bytes of the whole request, when it is complete.</param>
/// <param name="Head">Everything the head says, as text.</param>
/// <param name="Body">The decoded body, and after it the trailers.</param>
internal sealed record Outcome(
    ParseStatus Status, ProtocolErrorCode Code, bool InBody, int Consumed, string Head, string Body);
