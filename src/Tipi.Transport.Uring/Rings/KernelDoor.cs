using System.Diagnostics;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>
/// Where requests leave for the kernel and its completions come in, whatever the kernel is short of.
/// </summary>
/// <remarks>
/// Used by the ring's owner only. Invariant: a request is in flight from the moment that its entry is taken until its
/// last completion is.
/// </remarks>
internal sealed class KernelDoor : IDisposable
{
    // Completions taken in a turn; what is left stays in the queue.
    private const int CompletionsPerTurn = 512;

    // A shortage that lasts is reported once in this time.
    private const long ShortageQuietMs = 60_000;

    private readonly ReportQueue<RingReport> _reports;
    private readonly RingPulse _pulse;
    private Cqe[] _completions = new Cqe[CompletionsPerTurn];
    private int _completionCount;
    private int _completionsTaken;
    private int _inFlight;
    private Errno _shortOf;
    private long _shortageReportedAtMs;

    /// <exception cref="IOException">The kernel refuses the ring.</exception>
    public KernelDoor(RingSize size, ReportQueue<RingReport> reports, RingPulse pulse)
    {
        _reports = reports;
        _pulse = pulse;
        var errno = Ring.TryCreate(size.Submissions, out var ring);
        if (ring is null) throw ErrnoTranslation.ToIOException("io_uring_setup", errno);
        Ring = ring;
        try
        {
            Buffers = new BufferRing(ring, size.Buffers);
        }
        catch
        {
            ring.Dispose();
            throw;
        }
    }

    public Ring Ring { get; }

    public BufferRing Buffers { get; }

    /// <summary>The number of the worker who owns the ring: whose thread submits, and is told.</summary>
    public int OwnerNumber { get; set; }

    /// <summary>Requests that the kernel has not ended.</summary>
    public int InFlight => _inFlight;

    /// <summary>Of those, the ones that were left to themselves: see <see cref="Operation"/>.</summary>
    public int DisownedCount { get; set; }

    public bool HasCompletions => _completionCount > 0;

    /// <summary>A free submission entry; submits what is queued where there is none.</summary>
    public unsafe Sqe* NextEntry()
    {
        // Safe: the entry lies in the ring's mapping, and is the caller's until the next submission.
        Sqe* entry;
        while ((entry = Ring.Submissions.TryTake()) is null) Enter(wait: false);
        _inFlight++;
        return entry;
    }

    /// <summary>Submits all, and sleeps until there is a completion where it is told to wait.</summary>
    /// <exception cref="IOException">The kernel refuses for another reason than a shortage.</exception>
    public void Enter(bool wait)
    {
        var answer = Ring.Enter(wait ? 1u : 0u);
        if (answer >= 0)
        {
            if (_pulse.IsHeard) _pulse.Answer();
            return;
        }

        var errno = (Errno)(-answer);
        if (errno is Errno.EINTR) return;
        // EBUSY: the kernel keeps completions that found no room; it takes nothing more until some are fetched.
        // EAGAIN and the others: it has no memory for a request, which stays in the queue.
        if (errno is not (Errno.EBUSY or Errno.EAGAIN) && !ErrnoTranslation.IsShortage(errno))
            throw ErrnoTranslation.ToIOException("io_uring_enter", errno);
        if (Fetch() || errno is Errno.EBUSY) return;
        _shortOf = errno;
        PauseIfShort();
    }

    /// <summary>Fetches completions to be taken. False: there are none.</summary>
    public bool Fetch()
    {
        if (_completions.Length - _completionCount < CompletionsPerTurn)
            Shortage.Outlast(static door => Array.Resize(ref door._completions, door._completions.Length * 2), this);
        var count = Ring.Completions.Drain(_completions.AsSpan(_completionCount, CompletionsPerTurn));
        _completionCount += count;
        return count > 0;
    }

    /// <summary>Takes a completion that was fetched. False: there is none left.</summary>
    public bool TryTake(out Cqe completion)
    {
        if (_completionsTaken == _completionCount)
        {
            (_completionCount, _completionsTaken) = (0, 0);
            completion = default;
            return false;
        }

        completion = _completions[_completionsTaken++];
        if (!completion.HasMore) _inFlight--;
        Debug.Assert(_inFlight >= 0, "more final completions than submissions");
        return true;
    }

    /// <summary>The kernel is short of something: the turn ends with a pause, before it is asked again.</summary>
    public void NoteShortage(Errno errno) => _shortOf = errno;

    /// <summary>Pauses where a shortage was noted.</summary>
    public void PauseIfShort()
    {
        if (_shortOf == Errno.None) return;
        var now = Environment.TickCount64;
        if (_shortageReportedAtMs == 0 || now - _shortageReportedAtMs >= ShortageQuietMs)
        {
            _shortageReportedAtMs = now;
            _reports.Add(new RingReport(RingEvent.RingShort, Detail: _shortOf));
        }

        _shortOf = Errno.None;
        Thread.Sleep(Shortage.Pause);
    }

    public void Dispose()
    {
        Buffers.Dispose();
        Ring.Dispose();
    }
}
