using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

/// <summary>TLS as a test wishes, with a certificate that is made for the run.</summary>
internal sealed class TestPolicy : TlsPolicy
{
    /// <summary>For localhost and 127.0.0.1; nobody trusts it.</summary>
    internal static X509Certificate2 Certificate { get; } = MakeCertificate("localhost");

    private static readonly SslStreamCertificateContext s_context =
        SslStreamCertificateContext.Create(Certificate, additionalCertificates: null, offline: true);

    internal TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    internal Action<SslServerAuthenticationOptions> Configure { get; init; } = static _ => { };

    internal Func<TlsHandshakeContext, CancellationToken, Task> OnSelect { get; init; } =
        static (_, _) => Task.CompletedTask;

    internal override TimeSpan HandshakeTimeout => Timeout;

    internal override async ValueTask<SslServerAuthenticationOptions> SelectAsync(
        TlsHandshakeContext context, CancellationToken cancellation)
    {
        await OnSelect(context, cancellation);
        var options = new SslServerAuthenticationOptions { ServerCertificateContext = s_context };
        Configure(options);
        return options;
    }

    internal static X509Certificate2 MakeCertificate(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }
}
