namespace Tipi.Transport.Uring.Rings;

/// <summary>Asks a ring whether it turns, and whether the kernel takes what it asks for.</summary>
/// <remarks>
/// <code>
///   answered ──TryAsk──► posted ──the turn──► heard ──the kernel was entered──► answered
/// </code>
/// A ring that has failed, that the kernel has no memory for, or whose worker is held and cannot be replaced, leaves
/// the question open.
/// </remarks>
internal sealed class RingPulse : PostedWork
{
    private const long Answered = -1;

    private long _askedAtMs = Answered;
    private bool _isHeard;

    /// <summary>Opens a question, which the caller has to post; false where one is open. From any thread.</summary>
    public bool TryAsk() =>
        Interlocked.CompareExchange(ref _askedAtMs, Environment.TickCount64, Answered) == Answered;

    /// <summary>The ring has heard a question that is open. Used by its owner.</summary>
    public bool IsHeard => _isHeard;

    /// <summary>How long a question has been open; zero where none is.</summary>
    public TimeSpan Silence
    {
        get
        {
            var askedAtMs = Volatile.Read(ref _askedAtMs);
            if (askedAtMs == Answered) return TimeSpan.Zero;
            return TimeSpan.FromMilliseconds(Math.Max(1, Environment.TickCount64 - askedAtMs));
        }
    }

    /// <summary>The ring has turned. Called by its owner, after the question was heard.</summary>
    public void Answer()
    {
        _isHeard = false;
        Volatile.Write(ref _askedAtMs, Answered);
    }

    internal override void Run() => _isHeard = true;
}
