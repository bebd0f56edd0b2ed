using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Http;
using Tipi.Hosting.Connections;

namespace Tipi.Hosting.Http2;

/// <summary>
/// One response on its way from the application to the connection. What is written is kept here until the connection
/// has its turn for the stream; what is committed is seen by the connection, all at once.
/// <code>
/// WriteHead, Advance, WriteEnd: the application's own      Commit: committed      FrameOutput: sent
/// </code>
/// Invariant: the committed state changes under the connection's gate; the application's calls come one at a time.
/// </summary>
internal sealed class OutgoingResponse
{
    /// <summary>
    /// Bytes from which on a part of a write is borrowed: copying less costs less than a later end of the write.
    /// </summary>
    private const int LeastBorrowed = 16 * 1024;

    /// <summary>Hints that wait for a client that does not read: beyond these they are of no use to it.</summary>
    private const int MostInformational = 8;

    private readonly SendBuffer _buffer = new();
    private ServerConnection _owner = null!;
    private UnsentBytes _unsentOfAll = null!;
    private Queue<Informational>? _informational;
    private BlockFields _head;
    private BlockFields _trailers;
    private bool _hasHead;
    private bool _headEnds;
    private bool _hasEnd;
    private bool _isEndSent;

    /// <summary>The application's flush, which may wait for its turn; null while there was none.</summary>
    internal FlushWait? Wait { get; set; }

    // ---- committed; under the gate ----

    /// <summary>The head is to be sent.</summary>
    internal bool IsHeadDue { get; private set; }

    internal bool IsHeadSent { get; private set; }

    /// <summary>Nothing follows what is committed but trailers, if there are any.</summary>
    internal bool IsEnded { get; private set; }

    internal long Unsent => _buffer.Unsent;

    /// <summary>Bytes that may be committed and unsent before a flush waits.</summary>
    internal long MostUnsent => _unsentOfAll.Most(_owner.Limits.MaxResponseBufferSize);

    /// <summary>It stays without its end: when what is committed is sent, the reset is due.</summary>
    internal bool IsCutOff { get; private set; }

    /// <summary>True when a flush waits for the client.</summary>
    internal bool HasToWait => _buffer.IsBorrowing || (Unsent > 0 && Unsent >= MostUnsent);

    internal bool HasTrailers { get; private set; }

    /// <summary>True when the head says itself that there is no body.</summary>
    internal bool HeadEnds => _headEnds;

    /// <summary>What the head is encoded of.</summary>
    internal ref readonly BlockFields Head => ref _head;

    /// <summary>What the trailers are encoded of.</summary>
    internal ref readonly BlockFields Trailers => ref _trailers;

    /// <summary>True when there is something that no window holds back, or bytes that one may.</summary>
    internal bool HasSomething => !_isEndSent
        && (IsHeadDue || Unsent > 0 || IsEnded || IsCutOff || _informational is { Count: > 0 });

    internal void AddInformational(int statusCode, in BlockFields fields)
    {
        _informational ??= [];
        // A client may wait for 100; it comes once.
        bool isNeeded = statusCode == StatusCodes.Status100Continue || _informational.Count < MostInformational;
        if (isNeeded) _informational.Enqueue(new Informational(statusCode, fields));
    }

    internal bool TryTakeInformational(out Informational one)
    {
        one = default;
        return _informational?.TryDequeue(out one) == true;
    }

    /// <summary>What was written so far can be sent.</summary>
    internal void Commit()
    {
        _buffer.Publish();
        if (_hasHead && !IsHeadSent) IsHeadDue = true;
        IsEnded |= _hasEnd;
    }

    internal int Take(Span<byte> destination) => _buffer.Take(destination);

    /// <summary>Drops what was committed: nobody takes it.</summary>
    internal void Discard() => _buffer.Discard();

    internal void OnHeadSent() => (IsHeadDue, IsHeadSent) = (false, true);

    internal void OnEndSent() => _isEndSent = true;

    /// <summary>The application has failed in its middle.</summary>
    /// <returns>False when nothing was flushed that the client has to get before it is told.</returns>
    internal bool TryCutOff() => IsCutOff = IsHeadDue || IsHeadSent;

    /// <summary>The reset is seen to, once.</summary>
    internal void OnCutOff() => IsCutOff = false;

    /// <summary>Something was sent: a flush that waits may go on.</summary>
    internal void OnProgress()
    {
        if (Wait is { IsWaiting: true } wait && Unsent <= MostUnsent / 2 && !_buffer.IsBorrowing)
            wait.Complete(isCanceled: false, isClosed: false);
    }

    /// <summary>
    /// The peer takes nothing at present. A write that waits only because its last bytes were borrowed ends, as it
    /// would had they been copied.
    /// </summary>
    internal void OnBlocked()
    {
        if (_buffer.IsBorrowing && Unsent <= MostUnsent / 2)
        {
            try
            {
                _buffer.GiveBack();
            }
            catch (OutOfMemoryException)
            {
                return; // it waits for the peer, then
            }
        }
        OnProgress();
    }

    /// <summary>Nobody takes the response any more: who waits need not.</summary>
    internal void OnGone()
    {
        _buffer.Discard();
        Wait?.Complete(isCanceled: false, isClosed: true);
    }

    // ---- the application's side ----

    /// <param name="fields">The head's.</param>
    /// <param name="isWhole">Nothing follows it.</param>
    internal void WriteHead(in BlockFields fields, bool isWhole)
    {
        _head = fields;
        _hasHead = true;
        _headEnds = isWhole;
    }

    internal Memory<byte> GetMemory(int sizeHint) => _buffer.GetMemory(sizeHint);

    internal void Advance(int count) => _buffer.Advance(count);

    /// <summary>
    /// Takes bytes without copying them, where a flush would wait with them anyway. Only those of an array: to read
    /// other memory is to call its owner.
    /// </summary>
    internal bool TryBorrow(ReadOnlyMemory<byte> bytes) =>
        bytes.Length >= LeastBorrowed
        && MemoryMarshal.TryGetArray(bytes, out _)
        && _buffer.TryBorrow(bytes, MostUnsent);

    /// <summary>Copies what is not sent of borrowed bytes.</summary>
    internal void GiveBack() => _buffer.GiveBack();

    internal void WriteTrailers(in BlockFields fields)
    {
        _trailers = fields;
        HasTrailers = true;
    }

    internal void WriteEnd() => _hasEnd = true;

    // ---- between two responses ----

    /// <summary>A response of a connection begins.</summary>
    internal void Attach(ServerConnection owner, Lock gate, UnsentBytes unsentOfAll)
    {
        _owner = owner;
        _unsentOfAll = unsentOfAll;
        _buffer.Attach(gate, unsentOfAll);
    }

    /// <summary>Forgets everything. Nobody writes any more.</summary>
    internal void Reset()
    {
        _buffer.Reset();
        Wait?.Detach();
        if (Wait is { IsUsable: false }) Wait = null;
        _head = _trailers = default;
        _hasHead = _headEnds = _hasEnd = _isEndSent = IsHeadDue = IsHeadSent = IsEnded = IsCutOff = HasTrailers = false;
        _informational?.Clear();
    }
}
