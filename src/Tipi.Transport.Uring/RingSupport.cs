using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>Whether this process may use io_uring here; if not, why not and what helps.</summary>
public sealed class RingSupport
{
    private RingSupport(string? cause, string? remedy)
    {
        Cause = cause;
        Remedy = remedy;
    }

    /// <summary>True where the transport works.</summary>
    public bool IsAvailable => Cause is null;

    /// <summary>What is missing, as a clause; null where nothing is.</summary>
    public string? Cause { get; }

    /// <summary>What would help, as a clause; null where nothing is missing.</summary>
    public string? Remedy { get; }

    /// <summary>
    /// Asks the kernel, by setting up a ring and doing with it what the transport needs. Takes about a millisecond.
    /// </summary>
    public static RingSupport Probe()
    {
        if (!OperatingSystem.IsLinux()) return Missing("io_uring exists on Linux only", "run on Linux");
        if (IntPtr.Size != 8) return Missing("the process is not a 64-bit one", "run the 64-bit runtime");
        return RingProbe.FindMissing() ?? new RingSupport(null, null);
    }

    internal static RingSupport Missing(string cause, string remedy) => new(cause, remedy);
}
