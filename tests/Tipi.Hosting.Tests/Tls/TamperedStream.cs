using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>A socket that sends other bytes than it is given, once it is told how to change them.</summary>
internal sealed class TamperedStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    internal Func<byte[], byte[]>? Tamper { get; set; }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        base.WriteAsync(Tamper is null ? buffer : Tamper(buffer.ToArray()), cancellationToken);
}
