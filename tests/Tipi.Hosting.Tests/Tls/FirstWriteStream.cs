namespace Tipi.Hosting.Tests.Tls;

/// <summary>Keeps what is written first.</summary>
/// <param name="wire">Where it goes.</param>
/// <param name="isCut">The first record of TLS leaves as records of one byte.</param>
internal sealed class FirstWriteStream(Stream wire, bool isCut = false) : Stream
{
    internal byte[]? First { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        wire.ReadAsync(buffer, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        bool isFirst = First is null;
        First ??= buffer.ToArray();
        return wire.WriteAsync(isFirst && isCut ? Cut(First) : buffer, cancellationToken);
    }

    public override int Read(byte[] buffer, int offset, int count) => wire.Read(buffer, offset, count);

    public override void Write(byte[] buffer, int offset, int count)
    {
        First ??= buffer.AsSpan(offset, count).ToArray();
        wire.Write(buffer, offset, count);
    }

    public override void Flush() => wire.Flush();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) wire.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Cut(byte[] record) =>
        [.. record.Skip(5).SelectMany(one => (byte[])[record[0], record[1], record[2], 0, 1, one])];
}
