using System.Net;

namespace Tipi.Stack.Tests.Files;

/// <summary>A body of any length that needs no memory; <paramref name="onSent"/> hears how much has left.</summary>
internal sealed class PatternContent(long length, Action<long> onSent) : HttpContent
{
    private readonly byte[] _block = Block();

    /// <summary>The sum of all bytes, by which the receiver is compared.</summary>
    internal static long SumOf(long length)
    {
        byte[] block = Block();
        long whole = length / block.Length * block.Sum(value => (long)value);
        return whole + block.Take((int)(length % block.Length)).Sum(value => (long)value);
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        for (long sent = 0; sent < length;)
        {
            int count = (int)Math.Min(_block.Length, length - sent);
            await stream.WriteAsync(_block.AsMemory(0, count));
            sent += count;
            onSent(sent);
        }
    }

    protected override bool TryComputeLength(out long computed)
    {
        computed = length;
        return true;
    }

    private static byte[] Block()
    {
        byte[] block = new byte[64 * 1024];
        new Random(17).NextBytes(block);
        return block;
    }
}
