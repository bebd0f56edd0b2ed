using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Tipi.Hosting.Connections;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Sees to it that what was written is sent, together with what others write meanwhile.
/// <code>
/// quiet ──Request──→ posted ──on the ring──→ writing ──→ flushing ──→ quiet, or writing again
///   └───────────── Request, elsewhere ──────────┘
/// </code>
/// Invariant: one flush at a time, outside of the connection's gate; all else changes under it. A pump runs behind
/// anything on any thread, where nobody is above who could take what it throws: a failure in it ends the connection.
/// </summary>
internal sealed class OutputPump
{
    private static readonly Action<object?> s_run = static self => ((OutputPump)self!).Run();

    private readonly FrameOutput _output;
    private readonly FramePipe _pipe;
    private readonly PipeWriter _writer;
    private readonly ServerConnection _owner;
    private readonly IOutputOwner _sender;
    private readonly IRingAffinityFeature? _affinity;
    private readonly Action _onFlushed;
    private ValueTask<FlushResult> _flush;
    private bool _isPosted; // read without the gate, too
    private TaskCompletionSource? _quiet;

    internal OutputPump(FrameOutput output, FramePipe pipe, ServerConnection owner, IOutputOwner sender)
    {
        _output = output;
        _pipe = pipe;
        _sender = sender;
        _owner = owner;
        _writer = owner.Transport.Transport.Output;
        _affinity = owner.Affinity;
        _onFlushed = OnFlushed;
    }

    private Lock Gate => _output.Gate;

    /// <summary>True when nothing is under way, or nothing can be.</summary>
    private bool IsQuiet => !_pipe.IsFlushing && (_pipe.IsClosed || !(_isPosted || _pipe.HasUnflushed));

    /// <summary>Has what was written sent soon.</summary>
    internal void Request()
    {
        // Without the gate: what the caller has written under it, the posted pump finds when it takes the gate.
        if (Volatile.Read(ref _isPosted)) return;
        lock (Gate)
        {
            bool hasNothing = !_pipe.HasUnflushed && !_output.HasReady;
            if (_isPosted || _pipe.IsFlushing || _pipe.IsClosed || hasNothing) return;
            // On the ring the pump runs behind what is queued there. Elsewhere waking the ring pays where other
            // streams are likely to answer at the same time.
            _isPosted = _affinity is not null && (_sender.StreamCount > 1 || _affinity.IsOnRing);
        }
        if (_isPosted) Post();
        else Run();
    }

    /// <summary>Sends what was written, unless closed, and waits until nobody else uses the pipe.</summary>
    internal Task FlushLastAsync()
    {
        Request();
        lock (Gate)
        {
            if (IsQuiet) return Task.CompletedTask;
            _quiet ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _quiet.Task;
        }
    }

    /// <summary>The pipe was closed. Under the gate.</summary>
    internal void OnClosed()
    {
        if (!_pipe.IsFlushing) _quiet?.TrySetResult();
    }

    private void Post()
    {
        try
        {
            _affinity!.Post(s_run, this);
        }
        catch (Exception error)
        {
            End(error);
        }
    }

    private void Run()
    {
        try
        {
            Send();
        }
        catch (Exception error)
        {
            End(error);
        }
    }

    private void Send()
    {
        while (true)
        {
            lock (Gate)
            {
                _isPosted = false;
                if (_pipe.IsFlushing || _pipe.IsClosed) return;
                _output.WriteTurn();
                if (IsQuiet) _quiet?.TrySetResult();
                if (!_pipe.HasUnflushed) return;
                _pipe.BeginFlush();
            }
#pragma warning disable CA2012 // It is kept for EndFlush, which consumes it once.
            _flush = FlushPipe();
#pragma warning restore CA2012
            ValueTaskAwaiter<FlushResult> flush = _flush.GetAwaiter();
            if (!flush.IsCompleted)
            {
                flush.UnsafeOnCompleted(_onFlushed);
                return;
            }
            if (!EndFlush()) return;
        }
    }

    private ValueTask<FlushResult> FlushPipe()
    {
        try
        {
            return ResponseRate.FlushAsync(_owner, _writer, _owner.Limits.MinResponseDataRate, CancellationToken.None);
        }
        catch (Exception error)
        {
            return ValueTask.FromException<FlushResult>(error);
        }
    }

    private void OnFlushed()
    {
        try
        {
            if (EndFlush()) Request();
        }
        catch (Exception error)
        {
            End(error);
        }
    }

    /// <returns>True when there is more to send.</returns>
    private bool EndFlush()
    {
        bool isLost;
        ValueTask<FlushResult> flush = _flush;
        _flush = default;
        try
        {
            isLost = flush.GetAwaiter().GetResult().IsCompleted;
        }
        catch (Exception)
        {
            // Of any kind: sockets have SocketException for what is rare, a middleware's pipe has its own.
            isLost = true;
        }
        lock (Gate)
        {
            _pipe.EndFlush(isLost);
            if (!_pipe.IsClosed)
            {
                if (IsQuiet && !_output.HasReady) _quiet?.TrySetResult();
                return _pipe.HasUnflushed || _output.HasReady;
            }
            _quiet?.TrySetResult();
        }
        if (isLost) _sender.OnOutputLost();
        return false;
    }

    /// <summary>A pump has failed: nothing is sent any more, and nobody else sees to a flush of its.</summary>
    private void End(Exception error)
    {
        lock (Gate)
        {
            _isPosted = false;
            _pipe.EndFlush(isLost: true);
            _quiet?.TrySetResult();
            _sender.OnOutputFailed(error);
        }
    }
}
