namespace Tipi.Interop.Tests.Sample;

/// <summary>What the sample speaks: without TLS, or with it and one version of HTTP.</summary>
public enum SampleWire
{
    Clear,
    TlsHttp1,
    TlsHttp2,
}
