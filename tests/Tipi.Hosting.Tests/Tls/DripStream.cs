using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>A socket that sends every write byte by byte, each in a packet of its own.</summary>
internal sealed class DripStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (int i = 0; i < buffer.Length; i++)
        {
            await base.WriteAsync(buffer.Slice(i, 1), cancellationToken);
            if (i % 16 == 0) await Task.Yield();
        }
    }
}
