using System.Security.Cryptography;

namespace Tipi.Hosting.Tests.Contract;

/// <summary>Bytes that are known by their place, so that none can be lost, doubled or moved unseen.</summary>
internal static class Pattern
{
    internal static byte[] Of(int size)
    {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) bytes[i] = (byte)((i * 31) ^ (i >> 8) ^ (i >> 16));
        return bytes;
    }

    internal static string HashOf(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    internal static string HashOf(int size) => HashOf(Of(size));
}
