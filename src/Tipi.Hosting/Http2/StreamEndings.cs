using Microsoft.AspNetCore.Connections;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// How the streams of a connection end, and what becomes of them then. Used under the connection's gate, but for what
/// the application calls.
/// </summary>
internal sealed class StreamEndings(ConnectionParts parts) : IStreamEndings
{
    private readonly StreamContext _context = parts.Context;
    private readonly StreamTable _streams = parts.Streams;

    private FrameOutput Output => _context.Output;

    /// <summary>Resets a stream by a fault of the client's.</summary>
    internal void ResetByFault(int id, Http2ErrorCode code, string reason)
    {
        Output.Control.WriteReset(id, code);
        _streams.NoteReset(id);
        if (!_streams.TryFind(id, out Http2Stream? stream)) return;
        stream.State = Http2StreamState.Reset;
        Drop(stream, new ConnectionAbortedException(reason));
    }

    /// <summary>The client reset a stream.</summary>
    internal void OnResetByPeer(Http2Stream stream)
    {
        if (stream.State == Http2StreamState.HalfClosedLocal)
        {
            // We let it send what nobody wants; HttpClient goes on with what it had begun after such a reset.
            _streams.NoteReset(stream.Id);
            stream.State = Http2StreamState.Reset;
        }
        else
        {
            stream.State = Http2StreamState.Closed;
        }
        Drop(stream, new ConnectionResetException("The client reset the stream."));
    }

    /// <summary>Takes the gate itself.</summary>
    public void ResetByApplication(Http2Stream stream, Http2ErrorCode code)
    {
        lock (Output.Gate)
        {
            if (stream.IsClosed || stream.Context != _context) return;
            // A whole response that waits to be sent is not taken back; NO_ERROR says no more than its end does.
            if (stream.Outgoing.Response.IsEnded && code == Http2ErrorCode.NoError) return;
            Reset(stream, code);
            Drop(stream, new ConnectionAbortedException("The application reset the stream."));
        }
        Output.RequestPump();
    }

    /// <summary>The application has returned. Takes the gate itself.</summary>
    public void OnApplicationEnded(Http2Stream stream, bool isWhole)
    {
        lock (Output.Gate)
        {
            stream.IsApplicationDone = true;
            _context.Uploads.Drop(stream.Upload, (int)stream.Body.Leave());
            if (isWhole || stream.IsClosed) Finish(stream);
            else if (stream.Outgoing.Response.TryCutOff()) Output.Enqueue(stream.Outgoing);
            else CutOff(stream);
        }
        Output.RequestPump();
    }

    /// <summary>Tells the client that a response is not whole, when it has what there is of it.</summary>
    internal void CutOff(int streamId)
    {
        if (_streams.TryFind(streamId, out Http2Stream? stream)) CutOff(stream);
    }

    /// <summary>Tells the client that a response is not whole.</summary>
    private void CutOff(Http2Stream stream)
    {
        if (stream.IsClosed) return;
        Reset(stream, Http2ErrorCode.InternalError);
        stream.OnGone();
        Finish(stream);
    }

    /// <summary>Nobody is interested in the stream any more.</summary>
    internal void Drop(Http2Stream stream, Exception error)
    {
        stream.OnGone();
        stream.Body.Abort(error);
        Finish(stream);
    }

    /// <summary>Gives the stream back when both sides have done with it, or must have.</summary>
    internal void Finish(Http2Stream stream)
    {
        if (!stream.IsApplicationDone) return;
        // RFC 9113 §8.1: the response is whole, and nobody wants the rest of the request.
        if (stream.State == Http2StreamState.HalfClosedLocal && !MayGoOn(stream))
            Reset(stream, Http2ErrorCode.NoError);
        if (!stream.IsClosed) return;
        if (stream.Rest.IsAwaited && stream.State == Http2StreamState.Closed && !stream.IsGone)
            _context.Uploads.Settle();
        _streams.Remove(stream);
        Output.Remove(stream.Outgoing);
        Recycle(stream);
        if (_streams.Count > 0) return;
        parts.Idle.BeginIdle();
        parts.Life.OnEmpty();
    }

    /// <summary>The response's last frame was written.</summary>
    public void OnEndSent(Http2Stream stream)
    {
        parts.Budget.OnAnswered();
        if (stream is { State: Http2StreamState.HalfClosedLocal, HasReturned: true, IsGrpc: true })
            Reset(stream, Http2ErrorCode.NoError);
        Finish(stream);
    }

    private bool MayGoOn(Http2Stream stream)
    {
        bool mayGoOn = !stream.Exchange.IsUpgraded && !parts.Life.IsEnding && !stream.IsGrpc
            && stream.Rest.TryGoOn(_context.Limits, _context.Time.ExactMs);
        if (mayGoOn) _context.Time.RequestTick();
        return mayGoOn;
    }

    private void Reset(Http2Stream stream, Http2ErrorCode code)
    {
        Output.Control.WriteReset(stream.Id, code);
        _streams.NoteReset(stream.Id);
        stream.State = Http2StreamState.Reset;
    }

    private void Recycle(Http2Stream stream)
    {
        bool mayBeHeld = stream.Exchange.IsUpgraded || stream.Body.IsPending || stream.IsGone;
        if (mayBeHeld) return;
        stream.Reset();
        _streams.Spares.Keep(stream);
    }
}
