using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Tipi.Hosting.Exchange;

/// <summary>The request's body as a stream over its reader. Usable while the request runs.</summary>
internal sealed class RequestStream(RunningRequest request) : Stream
{
    private bool _isEnabled;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private PipeReader Reader
    {
        get
        {
            ObjectDisposedException.ThrowIf(!_isEnabled, this);
            return request.Input.Reader;
        }
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        PipeReader reader = Reader;
        ValueTask<ReadResult> read;
        try
        {
            read = reader.ReadAsync(cancellationToken);
        }
        catch (ConnectionAbortedException error) when (request.IsUpgraded)
        {
            throw Cancelled(error);
        }
        return read.IsCompletedSuccessfully
            ? new ValueTask<int>(Take(reader, read.Result, buffer.Span))
            : TakeAsync(reader, read, buffer);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count)
    {
        SynchronousIO.Check(request);
        return ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) =>
        Reader.CopyToAsync(destination, cancellationToken);

    public override IAsyncResult BeginRead(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(ReadAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override int EndRead(IAsyncResult asyncResult) => TaskToAsyncResult.End<int>(asyncResult);

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    internal void Enable() => _isEnabled = true;

    internal void Disable() => _isEnabled = false;

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<int> TakeAsync(PipeReader reader, ValueTask<ReadResult> read, Memory<byte> buffer)
    {
        try
        {
            return Take(reader, await read, buffer.Span);
        }
        catch (ConnectionAbortedException error) when (request.IsUpgraded)
        {
            throw Cancelled(error);
        }
    }

    /// <summary>
    /// As under Kestrel: a WebSocket whose token is cancelled aborts the connection, and tests want the very type.
    /// </summary>
    private static OperationCanceledException Cancelled(ConnectionAbortedException error) => new(error.Message, error);

    private static int Take(PipeReader reader, ReadResult result, Span<byte> destination)
    {
        if (result.IsCanceled)
        {
            reader.AdvanceTo(result.Buffer.Start);
            throw new OperationCanceledException("The read was cancelled.");
        }
        int length = (int)Math.Min(result.Buffer.Length, destination.Length);
        var taken = result.Buffer.Slice(0, length);
        System.Buffers.BuffersExtensions.CopyTo(taken, destination);
        reader.AdvanceTo(taken.End);
        return length;
    }
}
