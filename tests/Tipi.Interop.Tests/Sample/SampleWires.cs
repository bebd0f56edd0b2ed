using System.Net;
using Tipi.Interop.Tests.Tools;

namespace Tipi.Interop.Tests.Sample;

/// <summary>What the tests need to know of a wire.</summary>
internal static class SampleWires
{
    /// <summary>The version that a client gets which knows all of them.</summary>
    public static Version Version(this SampleWire wire) =>
        wire == SampleWire.Tls ? HttpVersion.Version20 : HttpVersion.Version11;

    /// <summary>The same as applications see it.</summary>
    public static string Protocol(this SampleWire wire) => wire == SampleWire.Tls ? "HTTP/2" : "HTTP/1.1";

    /// <summary>Where the sample listens.</summary>
    public static string Url(this SampleWire wire) =>
        wire == SampleWire.Clear ? "http://127.0.0.1:0" : "https://127.0.0.1:0";

    /// <summary>What it needs for that.</summary>
    public static string[] Settings(this SampleWire wire) => wire switch
    {
        SampleWire.Clear => [],
        SampleWire.TlsHttp1 => [.. Certificate, "--Kestrel:EndpointDefaults:Protocols=Http1"],
        SampleWire.Tls => Certificate,
        _ => throw new ArgumentOutOfRangeException(nameof(wire)),
    };

    /// <summary>Speaks nothing but <see cref="Version"/>, and trusts the tests' authority.</summary>
    public static HttpClient NewClient(this SampleWire wire, Uri address) => new(NewHandler())
    {
        BaseAddress = address,
        DefaultRequestVersion = wire.Version(),
        DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
        Timeout = TimeSpan.FromSeconds(60),
    };

    public static SocketsHttpHandler NewHandler() => new()
    {
        SslOptions = { CertificateChainPolicy = SiteCertificates.Shared.TrustOfAuthority() },
    };

    private static string[] Certificate =>
    [
        $"--Kestrel:Certificates:Default:Path={SiteCertificates.Shared.SitePath}",
        $"--Kestrel:Certificates:Default:KeyPath={SiteCertificates.Shared.SiteKeyPath}",
    ];
}
