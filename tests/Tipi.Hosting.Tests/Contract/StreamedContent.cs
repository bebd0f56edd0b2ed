using System.Net;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>A request's body that a test writes as it goes on; its length is not declared.</summary>
internal sealed class StreamedContent(Func<Stream, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    /// <summary>The same bytes, without a declared length.</summary>
    internal static StreamedContent Of(byte[] bytes) => new(stream => stream.WriteAsync(bytes).AsTask());
}
