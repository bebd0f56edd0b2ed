using Tipi.Transport.Uring.Rings;

namespace Tipi.Transport.Uring;

/// <summary>Whether this process can use io_uring; if not, the cause and the remedy.</summary>
public sealed class RingSupport
{
    private RingSupport(string? cause, string? remedy)
    {
        Cause = cause;
        Remedy = remedy;
    }

    /// <summary>True if the transport works.</summary>
    public bool IsAvailable => Cause is null;

    /// <summary>What is missing, as a clause; null if nothing is.</summary>
    public string? Cause { get; }

    /// <summary>The remedy, as a clause that starts with a verb; null if nothing is missing.</summary>
    public string? Remedy { get; }

    /// <summary>
    /// Tests the kernel: sets up a ring and tries what the transport needs. Takes about a millisecond, and never
    /// throws.
    /// </summary>
    public static RingSupport Probe() => BeginProbe().End();

    /// <summary>Asks the kernel while the caller goes on.</summary>
    internal static OwnCall<RingSupport> BeginProbe() => OwnCall<RingSupport>.Begin("tipi-probe", Find);

    internal static RingSupport Available { get; } = new(null, null);

    internal static RingSupport Without(MissingRing missing) => new(missing.Cause, missing.Remedy);

    private static RingSupport Find()
    {
        if (!OperatingSystem.IsLinux()) return new("it exists on Linux only", "run on Linux");
        if (IntPtr.Size != 8) return new("the process is not 64-bit", "run the 64-bit runtime");
        return RingProbe.FindMissing() is { } missing ? Without(missing) : Available;
    }
}
