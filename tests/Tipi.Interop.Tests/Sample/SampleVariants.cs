namespace Tipi.Interop.Tests.Sample;

/// <summary>What the tests need to know of a variant.</summary>
internal static class SampleVariants
{
    /// <summary>True when io_uring moves the bytes.</summary>
    public static bool NeedsRing(this SampleVariant variant) =>
        variant is SampleVariant.KestrelUring or SampleVariant.TipiUring;

    /// <summary>What the server calls itself.</summary>
    public static string ServerName(this SampleVariant variant) =>
        variant is SampleVariant.Kestrel or SampleVariant.KestrelUring ? "Kestrel" : "Tipi";

    /// <summary>True where one port without TLS knows both versions; Kestrel's has only one of them.</summary>
    public static bool SpeaksBothInClear(this SampleVariant variant) =>
        variant is SampleVariant.TipiUring or SampleVariant.TipiSockets;
}
