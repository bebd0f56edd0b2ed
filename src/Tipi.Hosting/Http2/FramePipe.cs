using System.IO.Pipelines;
using Tipi.Hosting.Connections;
using Tipi.Hosting.Diagnostics;
using Tipi.Protocols.Http2;

namespace Tipi.Hosting.Http2;

/// <summary>
/// Where the frames of a connection are written: into its pipe, or beside it while a flush waits.
/// <code>
/// free ──BeginFlush──→ flushing: frames are staged ──EndFlush──→ free: they go into the pipe
///   └──────────────────────┴──Close──→ closed: nothing is kept
/// </code>
/// Invariant: the pipe is not touched during a flush. A pipe that fails (a middleware's, or one that has ended) is
/// closed here and told to the sender; who writes a frame does not learn it. Used under the connection's gate.
/// </summary>
internal sealed class FramePipe(PipeWriter pipe, ServerConnection owner, IOutputOwner sender)
{
    /// <summary>Bytes of answers kept for a peer that asks and does not listen: some thousand answers.</summary>
    private const int MostStagedBytes = 64 * 1024;

    private StagedFrames _staged = new();

    internal bool IsFlushing { get; private set; }

    internal bool IsClosed { get; private set; }

    /// <summary>True when the pipe holds what no flush was begun for.</summary>
    internal bool HasUnflushed { get; private set; }

    /// <summary>Bytes of a frame's content that the peer takes.</summary>
    internal int MaxFrameSize { get; set; } = Http2Settings.SmallestMaxFrameSize;

    internal Span<byte> GetSpan(int size)
    {
        if (IsFlushing || IsClosed) return _staged.GetSpan(Math.Max(size, 1));
        try
        {
            return pipe.GetSpan(size);
        }
        catch (Exception error)
        {
            Fail(error);
            return _staged.GetSpan(Math.Max(size, 1));
        }
    }

    internal void Advance(int count)
    {
        if (IsClosed) return;
        if (!IsFlushing)
        {
            pipe.Advance(count);
            HasUnflushed = true;
            return;
        }
        _staged.Advance(count);
        if (_staged.Length > MostStagedBytes) GiveUp();
    }

    internal void BeginFlush() => (IsFlushing, HasUnflushed) = (true, false);

    /// <summary>The flush is over: what was written meanwhile goes into the pipe, unless that is lost.</summary>
    internal void EndFlush(bool isLost)
    {
        IsFlushing = false;
        if (isLost) Close();
        if (IsClosed || _staged.Length == 0) return;
        try
        {
            _staged.MoveTo(pipe);
            HasUnflushed = true;
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    /// <summary>Nothing is sent any more.</summary>
    internal void Close()
    {
        IsClosed = true;
        _staged.Drop();
    }

    /// <summary>Writes a field block as HEADERS and, beyond what the peer takes in a frame, CONTINUATION.</summary>
    /// <returns>Bytes.</returns>
    internal int WriteBlock(int streamId, ReadOnlySpan<byte> block, bool endStream)
    {
        int total = 0;
        bool isFirst = true;
        do
        {
            ReadOnlySpan<byte> fragment = block[..Math.Min(block.Length, MaxFrameSize)];
            block = block[fragment.Length..];
            Span<byte> space = GetSpan(Http2FrameHeader.Size + fragment.Length);
            if (isFirst)
                Http2FrameWriter.WriteHeadersHeader(space, streamId, fragment.Length, block.IsEmpty, endStream);
            else Http2FrameWriter.WriteContinuationHeader(space, streamId, fragment.Length, block.IsEmpty);
            fragment.CopyTo(space[Http2FrameHeader.Size..]);
            Advance(Http2FrameHeader.Size + fragment.Length);
            total += Http2FrameHeader.Size + fragment.Length;
            isFirst = false;
        }
        while (!block.IsEmpty);
        return total;
    }

    /// <summary>Writes a DATA frame with the next bytes of a response.</summary>
    /// <returns>Bytes.</returns>
    internal int WriteData(int streamId, OutgoingResponse response, int length, bool endStream)
    {
        Span<byte> header = GetSpan(Http2FrameHeader.Size);
        Advance(Http2FrameWriter.WriteDataHeader(header, streamId, length, endStream));
        for (int left = length; left > 0;)
        {
            Span<byte> space = GetSpan(0);
            int taken = response.Take(space[..Math.Min(space.Length, left)]);
            // Dropped, since the pipe has failed in here.
            if (taken == 0) break;
            Advance(taken);
            left -= taken;
        }
        return Http2FrameHeader.Size + length;
    }

    /// <summary>The peer asks and takes no answers.</summary>
    private void GiveUp()
    {
        owner.EndsBecause(ConnectionEndReason.OutputQueueSizeExceeded);
        owner.Abort("The client does not read responses.");
    }

    private void Fail(Exception error)
    {
        Close();
        sender.OnOutputFailed(error);
    }
}
