using System.Net;

namespace Tipi.Stack.Tests.Proxy;

/// <summary>A body of unknown length that is sent as it comes: each piece leaves at once.</summary>
internal sealed class StreamedContent(Stream source) : HttpContent
{
    private const int BufferLength = 32 * 1024;

    /// <summary>Copies until the end, and waits for each piece to leave before it reads the next.</summary>
    internal static async Task CopyAsync(Stream from, Stream to, CancellationToken cancellation)
    {
        byte[] buffer = new byte[BufferLength];
        for (int count; (count = await from.ReadAsync(buffer, cancellation)) > 0;)
        {
            await to.WriteAsync(buffer.AsMemory(0, count), cancellation);
            await to.FlushAsync(cancellation);
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken) =>
        CopyAsync(source, stream, cancellationToken);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
