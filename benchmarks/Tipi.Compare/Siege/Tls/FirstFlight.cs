using System.Net.Security;

namespace Tipi.Compare.Siege.Tls;

/// <summary>The bytes of a ClientHello, as this machine's TLS library writes it.</summary>
internal static class FirstFlight
{
    private static readonly Lazy<byte[]> Taken = new(Take);

    public static byte[] Bytes => Taken.Value;

    private static byte[] Take()
    {
        using var caught = new WritesOnly();
        using var stream = new SslStream(caught);
        try
        {
            stream.AuthenticateAsClient(TlsClient.Options(TlsClient.Http2));
        }
        catch (IOException)
        {
            // There is no server that would answer it.
        }

        return caught.ToArray();
    }

    private sealed class WritesOnly : MemoryStream
    {
        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override int Read(Span<byte> buffer) => 0;
    }
}
