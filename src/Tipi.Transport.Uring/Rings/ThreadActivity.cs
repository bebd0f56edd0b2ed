using Microsoft.Win32.SafeHandles;
using Tipi.Transport.Uring.Native;

namespace Tipi.Transport.Uring.Rings;

/// <summary>What a thread of this process is doing, for another one to look at.</summary>
/// <remarks>
/// The file is opened once, by the thread when it begins: a process that has run out of descriptors could not look, and
/// would take a thread that is at work for one that sleeps.
/// </remarks>
internal sealed class ThreadActivity : IDisposable
{
    // "id (name) state …": a name has 15 bytes, and 64 of a kernel's own threads.
    private const int EnoughForState = 128;

    private readonly int _threadId;
    private SafeFileHandle? _stat;

    private ThreadActivity(int threadId)
    {
        _threadId = threadId;
        _stat = Open(threadId);
    }

    /// <summary>Nanoseconds that the thread has spent on a processor; 0 where that is not known.</summary>
    public long ProcessorTimeNs => LibC.ThreadProcessorTimeNs(_threadId);

    public static ThreadActivity OfCallingThread() => new(LibC.ThreadId());

    public ThreadState Look()
    {
        try
        {
            if ((_stat ??= Open(_threadId)) is not { } stat) return ThreadState.Unknown;
            Span<byte> text = stackalloc byte[EnoughForState];
            text = text[..RandomAccess.Read(stat, text, 0)];
            // The name may hold anything, so the state follows the last parenthesis.
            var state = text.LastIndexOf((byte)')') + 2;
            if (state < 2 || state >= text.Length) return ThreadState.Unknown;
            return text[state] switch
            {
                (byte)'R' => ThreadState.Runnable,
                (byte)'D' => ThreadState.AsleepUninterruptibly,
                _ => ThreadState.Asleep,
            };
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            return ThreadState.Unknown; // the thread has ended
        }
    }

    public void Dispose() => _stat?.Dispose();

    private static SafeFileHandle? Open(int threadId)
    {
        try
        {
            return File.OpenHandle($"/proc/self/task/{threadId}/stat");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // no descriptor left, or no /proc
        }
    }
}
