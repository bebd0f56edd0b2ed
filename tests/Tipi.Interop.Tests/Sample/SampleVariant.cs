namespace Tipi.Interop.Tests.Sample;

/// <summary>The servers under the same sample.</summary>
public enum SampleVariant
{
    Kestrel,
    KestrelUring,
    TipiUring,
    TipiSockets,
}
