using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring.Connections;

/// <summary>How much a connection has received that its reader has not examined, and when that is too much.</summary>
/// <remarks>
/// The ring counts what it receives, and pauses; the reader counts what it has examined, and asks the ring to go on.
/// <code>
///   receiving ──TryPause, the limit reached──► paused ──TryResume, half of it examined──► receiving
/// </code>
/// Invariant: either the reader sees the pause when it has examined enough, or the ring sees that it has.
/// </remarks>
internal struct ReceiveWindow(long most)
{
    private long _received;
    private long _examined;
    private volatile bool _isPaused;

    /// <summary>Bytes up to which the connection may hold unread.</summary>
    public readonly long Most => most;

    public readonly bool IsPaused => _isPaused;

    public readonly long Unread => Volatile.Read(in _received) - Volatile.Read(in _examined);

    /// <summary>True where the ring pauses and need not any more.</summary>
    public readonly bool HasRoomAgain => _isPaused && Unread <= most / 2;

    /// <summary>Counts received bytes. Called by the ring's owner.</summary>
    public void AddReceived(int bytes) => Volatile.Write(ref _received, _received + bytes);

    /// <summary>
    /// The reader has examined so many bytes since the start; less than before changes nothing. Called by the reader.
    /// </summary>
    public void NoteExamined(long bytes) => Volatile.Write(ref _examined, Math.Max(_examined, bytes));

    /// <summary>Pauses; false where the reader has gone on meanwhile. Called by the ring's owner.</summary>
    public bool TryPause()
    {
        _isPaused = true;
        Barriers.Full();
        // The reader may have gone on without seeing that we pause.
        if (Unread <= most / 2) _isPaused = false;
        return _isPaused;
    }

    /// <summary>Ends a pause; false where there is none. Called by the ring's owner.</summary>
    public bool TryResume()
    {
        var wasPaused = _isPaused;
        _isPaused = false;
        return wasPaused;
    }
}
