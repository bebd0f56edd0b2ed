using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Hosting.Exchange;
using Tipi.Hosting.Scheduling;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// One HTTP/2 connection: reads frames until it ends, see <see cref="ConnectionLife"/>, and ends in good order.
/// </summary>
/// <remarks>
/// Invariant: one loop reads; streams and all that is sent change under the gate of <see cref="FrameOutput"/>, which is
/// never held while the application runs. The loop starts no application itself, so that none can hold it up.
/// </remarks>
internal sealed class Http2Connection : IConnectionProtocol, IOutputOwner
{
    private readonly ServerConnection _owner;
    private readonly PipeReader _input;
    private readonly ConnectionParts _parts;
    private readonly StreamEndings _endings;
    private readonly Http2Receiver _receiver;
    private readonly ProtocolChange _change;
    private bool _isLost;
    private bool _hasLostStreams;

    internal Http2Connection(
        ServerConnection owner, ProtocolChange change, ExchangeContext shared, Schedulers schedulers)
    {
        _owner = owner;
        _change = change;
        _input = owner.Transport.Transport.Input;
        _parts = new ConnectionParts(owner, shared, schedulers.For(owner), this);
        _endings = new StreamEndings(_parts);
        _receiver = new Http2Receiver(_parts, _endings);
    }

    public string Version => "2";

    int IOutputOwner.StreamCount => Streams.Count;

    private FrameOutput Output => _parts.Output;

    private StreamTable Streams => _parts.Streams;

    private ConnectionLife Life => _parts.Life;

    private Lock Gate => _parts.Gate;

    // A client that leaves open streams has reset them, by whichever segment.
    private ConnectionEndReason EndOfLost =>
        HasLostStreams() ? ConnectionEndReason.ConnectionReset : ConnectionEndReason.TransportCompleted;

    public async Task RunAsync()
    {
        try
        {
            _owner.WatchForClose();
            lock (Gate) _parts.Idle.Begin();
            _owner.ExpireIn(_owner.Limits.KeepAliveTimeout);
            Open();
            while (!Life.HasEnded)
            {
                ReadResult read = await _input.ReadAsync();
                OnTime(read.IsCanceled);
                ReadOnlySequence<byte> buffer = read.Buffer;
                SequencePosition consumed = Life.HasEnded ? buffer.End : _receiver.Receive(buffer);
                _input.AdvanceTo(consumed, buffer.End);
                Output.RequestPump();
                if (!read.IsCompleted) continue;
                _owner.EndsBecause(EndOfLost);
                break;
            }
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _owner.EndsBecause(error is ConnectionResetException ? EndOfLost : ConnectionEndReason.ConnectionReset);
            _owner.Server.Logs.Connections.ConnectionReset(error, _owner.Id);
        }
        finally
        {
            await EndAsync();
        }
    }

    public void OnClosed() => Abandon(new ConnectionAbortedException("The connection was closed."));

    void IOutputOwner.OnOutputLost()
    {
        Output.Close();
        _owner.EndsBecause(EndOfLost);
        // Also where the input goes on: nobody could be answered.
        Life.OnLost();
        Abandon(new ConnectionResetException("The client disconnected."));
        _owner.Wake();
    }

    void IOutputOwner.OnOutputFailed(Exception error) => Life.OnOutputFailed(error);

    private void Open()
    {
        if (_change.Request is not { } request) return;
        Life.Greet();
        _receiver.BeginCarried(request, _change.Settings);
        Output.RequestPump();
    }

    /// <summary>Looks at what only time decides.</summary>
    private void OnTime(bool isWoken)
    {
        long nowMs = _owner.Server.Clock.NowMs;
        _parts.Budget.OnTime(nowMs);
        if (!isWoken) return;
        Life.OnTime();
        lock (Gate)
        {
            SlowStreams.End(_parts, _endings, nowMs);
            Life.EndIfEmpty();
            if (!Life.HasEnded) _parts.Idle.Check(nowMs);
            _parts.Idle.Update();
        }
    }

    /// <summary>Tells all streams that nobody is there.</summary>
    private void Abandon(Exception error)
    {
        lock (Gate)
        {
            _isLost = true;
            foreach (Http2Stream stream in Streams.All.ToArray())
            {
                _hasLostStreams |= stream.IsWanted;
                if (!stream.IsClosed) stream.State = Http2StreamState.Closed;
                _endings.Drop(stream, error);
            }
        }
    }

    private bool HasLostStreams()
    {
        lock (Gate) return _hasLostStreams || Streams.All.Any(stream => stream.IsWanted);
    }

    private async Task EndAsync()
    {
        try
        {
            Life.Close();
            bool isLost = _isLost;
            Abandon(new ConnectionResetException("The connection has ended."));
            if (isLost) Output.Close();
            // Also then: a flush that is under way is the pipe's one user, and nobody would wake a second one.
            await Output.FlushLastAsync();
            Output.Close();
            await LingeringClose.RunAsync(_owner, LingeringClose.MostHeadBytes);
        }
        catch (Exception error) when (error is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _owner.Server.Logs.Connections.ConnectionReset(error, _owner.Id);
        }
        _parts.Block.Close();
        Task emptied;
        lock (Gate) emptied = Streams.WhenEmpty();
        await emptied;
    }
}
