using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Takes the frames that are for one connection as a whole: SETTINGS, PING and GOAWAY. Used by the connection's loop
/// only.
/// </summary>
internal sealed class ControlReceiver(ConnectionParts parts, StreamEndings endings, HeadReceiver heads)
{
    private readonly FrameOutput _output = parts.Output;
    private readonly Http2Settings _peer = new();

    /// <summary>Takes over the settings that came before the connection changed to HTTP/2.</summary>
    internal void ApplyCarried(ReadOnlySpan<byte> settings)
    {
        if (_peer.Apply(settings, isFrame: false).IsNone) _output.Apply(_peer);
    }

    internal Http2Error TakeSettings(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Error error = parts.Spend();
        if (!error.IsNone) return error;
        if (header.Has(Http2FrameFlags.Ack))
        {
            heads.OnSettingsAcknowledged();
            return default;
        }
        error = _peer.Apply(payload);
        if (!error.IsNone) return error;
        lock (parts.Gate)
        {
            if (!TryAdjustWindows(_output.Apply(_peer)))
                return Http2Error.Connection(Http2ErrorCode.FlowControlError, "A window exceeds 2^31 - 1.");
            // Before anything that another thread sends by them: clients may hold to them only from here on.
            _output.Control.WriteSettingsAck();
        }
        if (parts.Owed.HasSettings) return default;
        parts.Owed.HasSettings = true;
        lock (parts.Gate) parts.Idle.BeginIdle();
        return default;
    }

    internal Http2Error TakePing(in Http2FrameHeader header, ReadOnlySpan<byte> payload)
    {
        Http2Payload.ReadPing(payload, out long opaque);
        if (!header.Has(Http2FrameFlags.Ack))
        {
            Http2Error error = parts.Spend();
            if (error.IsNone) _output.Control.WritePing(isAck: true, opaque);
            return error;
        }
        OnPingAnswered(opaque);
        return parts.Spend();
    }

    internal Http2Error TakeGoAway()
    {
        parts.Life.Leave();
        return parts.Spend();
    }

    /// <summary>The client changed the first size of all windows. Under the gate.</summary>
    private bool TryAdjustWindows(int difference)
    {
        if (difference == 0) return true;
        foreach (Http2Stream stream in parts.Streams.All)
        {
            if (!stream.Outgoing.Window.TryAdjust(difference)) return false;
            _output.OnWindowChanged(stream.Outgoing);
        }
        return true;
    }

    /// <summary>The answer to a ping of ours.</summary>
    private void OnPingAnswered(long opaque)
    {
        if (TryEndCutOffs(opaque)) return;
        if (opaque == UploadEstimate.Probe) OnProbeAnswered();
        else if (!parts.Life.TryFarewell(opaque)) OnKeptAlive();
    }

    private void OnKeptAlive()
    {
        lock (parts.Gate) parts.Idle.OnPingAnswered();
    }

    private bool TryEndCutOffs(long opaque)
    {
        lock (parts.Gate)
        {
            if (!_output.CutOffs.IsPing(opaque)) return false;
            while (_output.CutOffs.TryTakeAnswered(opaque, out int id)) endings.CutOff(id);
            return true;
        }
    }

    private void OnProbeAnswered()
    {
        lock (parts.Gate)
        {
            UploadWindows uploads = parts.Context.Uploads;
            int size = uploads.OnProbeAnswered();
            if (size == 0) return;
            foreach (Http2Stream stream in parts.Streams.All) uploads.Enlarge(stream.Upload, size);
        }
    }
}
