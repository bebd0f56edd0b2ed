using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Tls;

/// <summary>
/// The step of an endpoint's pipeline behind which connections are encrypted.
/// </summary>
internal sealed class TlsGate(TlsPolicy policy, TipiListenOptions endpoint)
{
    internal TlsPolicy Policy { get; } = policy;

    internal TipiListenOptions Endpoint { get; } = endpoint;

    internal Task RunAsync(ConnectionContext connection, ConnectionDelegate next) =>
        throw new NotSupportedException("TLS is being built.");
}
