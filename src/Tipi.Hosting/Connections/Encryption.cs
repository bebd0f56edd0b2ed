using System.IO.Pipelines;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Tipi.Hosting.Connections;

/// <summary>What a connection has to know of its encryption.</summary>
/// <param name="Output">Where what is sent is encrypted.</param>
/// <param name="Features">Where the protocol that was agreed on is said.</param>
/// <param name="AllowedProtocols">
/// What may be spoken: the endpoint's protocols, or those of the name that the client says.
/// </param>
/// <param name="CanEndOutputFirst">True when the output can be ended while the input is still read.</param>
internal sealed record Encryption(
    PipeWriter Output, ITlsApplicationProtocolFeature Features, HttpProtocols AllowedProtocols,
    bool CanEndOutputFirst);
