using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http.Features;

namespace Tipi.Hosting.Features;

/// <summary>
/// The answer of a version that has neither extended CONNECT (RFC 8441) nor WebTransport: no. Stateless and shared.
/// </summary>
[SuppressMessage("Usage", "CA2252", Justification = "Says no to a preview of the framework, which needs no opting in.")]
internal sealed class ExtendedConnectFeature : IHttpExtendedConnectFeature, IHttpWebTransportFeature
{
    internal static ExtendedConnectFeature None { get; } = new();

    public bool IsExtendedConnect => false;

    public string? Protocol => null;

    public bool IsWebTransportRequest => false;

    public ValueTask<Stream> AcceptAsync() =>
        throw new InvalidOperationException(
            "This request is no extended CONNECT: see IHttpExtendedConnectFeature.IsExtendedConnect first.");

    ValueTask<IWebTransportSession> IHttpWebTransportFeature.AcceptAsync(CancellationToken cancellationToken) =>
        throw new NotSupportedException("This server has no WebTransport: see IsWebTransportRequest first.");
}
