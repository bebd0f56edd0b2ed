namespace Tipi.Hosting.Exchange;

/// <summary>The response's body as a stream over its writer. Usable while the request runs.</summary>
internal sealed class ResponseStream(RunningRequest request, ResponseBody body) : Stream
{
    private bool _isEnabled;

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    private ResponseBody Body
    {
        get
        {
            ObjectDisposedException.ThrowIf(!_isEnabled, this);
            return body;
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var write = Body.WriteAsync(buffer, cancellationToken);
        return write.IsCompletedSuccessfully ? Done(write) : new ValueTask(write.AsTask());
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count)
    {
        SynchronousIO.Check(request);
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();
    }

    public override void Flush()
    {
        SynchronousIO.Check(request);
        FlushAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        var flush = Body.FlushAsync(cancellationToken);
        return flush.IsCompletedSuccessfully ? Done(flush).AsTask() : flush.AsTask();
    }

    public override IAsyncResult BeginWrite(
        byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        TaskToAsyncResult.Begin(WriteAsync(buffer, offset, count, CancellationToken.None), callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => TaskToAsyncResult.End(asyncResult);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    internal void Enable() => _isEnabled = true;

    internal void Disable() => _isEnabled = false;

    private static ValueTask Done<TResult>(ValueTask<TResult> completed)
    {
        _ = completed.Result;
        return default;
    }
}
