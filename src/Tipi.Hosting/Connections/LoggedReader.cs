using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using Tipi.Hosting.Diagnostics;

namespace Tipi.Hosting.Connections;

/// <summary>Logs each received byte once, although a reader may be shown it many times.</summary>
internal sealed class LoggedReader(PipeReader inner, ILogger log, string connectionId) : PipeReader
{
    private ReadOnlySequence<byte> _buffer;
    private long _logged; // bytes at the begin of what is shown next

    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Note(await inner.ReadAsync(cancellationToken));

    public override bool TryRead(out ReadResult result)
    {
        if (!inner.TryRead(out result)) return false;
        Note(result);
        return true;
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        _logged -= _buffer.Slice(0, consumed).Length;
        _buffer = default;
        inner.AdvanceTo(consumed, examined);
    }

    public override void CancelPendingRead() => inner.CancelPendingRead();

    public override void Complete(Exception? exception = null) => inner.Complete(exception);

    public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);

    private ReadResult Note(ReadResult result)
    {
        _buffer = result.Buffer;
        if (_buffer.Length > _logged) log.BytesReceived(connectionId, _buffer.Slice(_logged).ToArray());
        _logged = _buffer.Length;
        return result;
    }
}
