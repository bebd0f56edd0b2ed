using System.Security.Cryptography;

namespace Tipi.Transport.Uring.Tests;

/// <summary>Bytes that are easily told from others.</summary>
internal static class Payload
{
    /// <summary>The same bytes for the same seed.</summary>
    public static byte[] Random(int seed, int length)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Hash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));
}
