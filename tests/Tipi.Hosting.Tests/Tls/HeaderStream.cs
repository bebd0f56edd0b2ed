using System.Net.Sockets;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>A socket whose first write carries something else in front, in one packet or in two.</summary>
internal sealed class HeaderStream(Socket socket, byte[] header, bool isApart) : NetworkStream(socket)
{
    private byte[] _header = header;

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        byte[] first = _header;
        _header = [];
        if (isApart && first.Length > 0)
        {
            await base.WriteAsync(first, cancellationToken);
            await Task.Delay(50, cancellationToken);
            first = [];
        }
        await base.WriteAsync((byte[])[.. first, .. buffer.Span], cancellationToken);
    }
}
