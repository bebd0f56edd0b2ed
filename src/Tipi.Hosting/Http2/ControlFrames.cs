using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Writes the frames that belong to a connection rather than to a response, from any thread. They are sent when the
/// pump is requested.
/// </summary>
internal sealed class ControlFrames(Lock gate, FramePipe pipe)
{
    internal void WriteSettings(Http2Settings settings)
    {
        lock (gate)
        {
            Span<byte> space = pipe.GetSpan(Http2FrameWriter.MaxSettingsSize);
            pipe.Advance(Http2FrameWriter.WriteSettings(space, settings));
        }
    }

    internal void WriteSettingsAck()
    {
        lock (gate) pipe.Advance(Http2FrameWriter.WriteSettingsAck(pipe.GetSpan(Http2FrameWriter.SettingsAckSize)));
    }

    internal void WritePing(bool isAck, long opaque)
    {
        lock (gate)
        {
            Span<byte> space = pipe.GetSpan(Http2FrameWriter.PingSize);
            pipe.Advance(Http2FrameWriter.WritePing(space, isAck, opaque));
        }
    }

    internal void WriteWindowUpdate(int streamId, int increment)
    {
        lock (gate)
        {
            Span<byte> space = pipe.GetSpan(Http2FrameWriter.WindowUpdateSize);
            pipe.Advance(Http2FrameWriter.WriteWindowUpdate(space, streamId, increment));
        }
    }

    internal void WriteReset(int streamId, Http2ErrorCode code)
    {
        lock (gate)
        {
            Span<byte> space = pipe.GetSpan(Http2FrameWriter.RstStreamSize);
            pipe.Advance(Http2FrameWriter.WriteRstStream(space, streamId, code));
        }
    }

    internal void WriteGoAway(int lastStreamId, Http2ErrorCode code, ReadOnlySpan<byte> debug)
    {
        lock (gate)
        {
            Span<byte> space = pipe.GetSpan(Http2FrameWriter.GoAwaySize + debug.Length);
            pipe.Advance(Http2FrameWriter.WriteGoAway(space, lastStreamId, code, debug));
        }
    }

    /// <summary>Bytes that are no frame, for who does not speak HTTP/2.</summary>
    internal void WriteRaw(ReadOnlySpan<byte> bytes)
    {
        lock (gate)
        {
            bytes.CopyTo(pipe.GetSpan(bytes.Length));
            pipe.Advance(bytes.Length);
        }
    }
}
