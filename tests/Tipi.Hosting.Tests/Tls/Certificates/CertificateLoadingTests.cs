using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tipi.Hosting.Tls.Certificates;

namespace Tipi.Hosting.Tests.Tls.Certificates;

public sealed class CertificateLoadingTests : IDisposable
{
    private static readonly CertificateNames s_names = CertificateNames.Below("Tipi:Certificate");

    private readonly TestAuthority _authority = new();
    private readonly TestFolder _folder = new();

    public void Dispose()
    {
        _authority.Dispose();
        _folder.Dispose();
    }

    private static ServedCertificate Load(string path, string? keyPath = null, string? password = null) =>
        CertificateLoading.Load(new CertificateFiles(path, keyPath, password), s_names);

    private void AssertServes(X509Certificate2 wanted, ServedCertificate served)
    {
        Assert.Equal(wanted.Thumbprint, served.Certificate.Thumbprint);
        Assert.True(served.Certificate.HasPrivateKey);
        Assert.Equal(
            [_authority.Intermediate.Thumbprint],
            served.Context.IntermediateCertificates.Select(one => one.Thumbprint));
    }

    [Fact]
    public void Certificates_come_with_their_chain_in_each_form()
    {
        X509Certificate2 issued = _authority.Issue("a.example");
        string pem = _authority.ToPem(issued), key = TestAuthority.KeyOf(issued);
        string certificate = _folder.Write("cert.pem", pem);
        AssertServes(issued, Load(certificate, _folder.Write("key.pem", key)));
        AssertServes(issued, Load(_folder.Write("both.pem", pem + key)));
        AssertServes(issued, Load(_folder.Write("turned.pem", key + "\n" + pem)));
        string encrypted = _folder.Write("enc.pem", TestAuthority.EncryptedKeyOf(issued, "pw"));
        AssertServes(issued, Load(certificate, encrypted, "pw"));
        AssertServes(issued, Load(certificate, _folder.PathOf("key.pem"), "a password that is not needed"));
        AssertServes(issued, Load(_folder.Write("a.pfx", _authority.ToPfx(issued, "pw")), password: "pw"));
        AssertServes(issued, Load(_folder.Write("b.pfx", _authority.ToPfx(issued, null))));
        AssertServes(issued, Load(_folder.Write("c.pem", "words before\n" + pem), _folder.PathOf("key.pem")));
        ServedCertificate der = Load(_folder.Write("a.der", issued.RawData), _folder.PathOf("key.pem"));
        Assert.Equal(issued.Thumbprint, der.Certificate.Thumbprint);
    }

    [Fact]
    public void A_key_of_RSA_in_its_own_form_is_read()
    {
        using var key = RSA.Create(2048);
        using X509Certificate2 issued = new CertificateRequest(
            "CN=rsa", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            .CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        ServedCertificate served = Load(
            _folder.Write("c.pem", issued.ExportCertificatePem()),
            _folder.Write("k.pem", key.ExportRSAPrivateKeyPem()));
        Assert.True(served.Certificate.HasPrivateKey);
    }

    [Theory]
    [InlineData("missing.pem", null, null, "missing.pem does not exist. Correct Tipi:Certificate:Path")]
    [InlineData("no/such/folder.pem", null, null, "does not exist")]
    [InlineData(".", null, null, "is a directory. Tipi:Certificate:Path must be a file")]
    [InlineData("empty", null, null, "empty is empty")]
    [InlineData("noise", null, null, "noise is not a PFX or PEM file")]
    [InlineData("noise", "key.pem", null, "noise is not a certificate")]
    [InlineData("a.pfx", null, null, "a.pfx requires a password. Set Tipi:Certificate:Password")]
    [InlineData("a.pfx", null, "wrong", "The password for")]
    [InlineData("half.pfx", null, "pw", "is damaged")]
    [InlineData("bare.pfx", null, "pw", "bare.pfx contains no private key. Export the certificate again")]
    [InlineData("cert.pem", null, null, "cert.pem contains no private key. Set Tipi:Certificate:KeyPath")]
    [InlineData("cert.pem", "missing.key", null, "missing.key does not exist. Correct Tipi:Certificate:KeyPath")]
    [InlineData("cert.pem", ".", null, "is a directory. Tipi:Certificate:KeyPath must be a file")]
    [InlineData("cert.pem", "empty", null, "empty is empty")]
    [InlineData("cert.pem", "noise", null, "is not in PEM form")]
    [InlineData("cert.pem", "cert.pem", null, "contains no private key. Correct Tipi:Certificate:KeyPath")]
    [InlineData("cert.pem", "other.key", null, "does not belong to the certificate")]
    [InlineData("cert.pem", "rsa.key", null, "does not belong to the certificate")]
    [InlineData("cert.pem", "enc.key", null, "enc.key is encrypted. Set Tipi:Certificate:Password")]
    [InlineData("cert.pem", "enc.key", "wrong", "its password is wrong, or it is damaged")]
    [InlineData("cert.pem", "old.key", "pw", "encrypted in the legacy PEM format")]
    [InlineData("key.pem", null, null, "key.pem contains no certificate, only PRIVATE KEY")]
    [InlineData("half.pem", "key.pem", null, "half.pem is damaged: one of its BEGIN lines has no END")]
    [InlineData("bad.pem", "key.pem", null, "bad.pem is damaged: a certificate in it cannot be read")]
    [InlineData("client.pem", null, null, "is not for servers")]
    public void What_can_not_be_used_says_why_and_what_to_do(string file, string? key, string? password, string reason)
    {
        WriteFaultyFiles();
        var error = Assert.Throws<InvalidOperationException>(
            () => Load(_folder.PathOf(file), key is null ? null : _folder.PathOf(key), password));
        Assert.Contains(reason, error.Message);
        Assert.DoesNotContain("wrong.", error.Message.Replace("is wrong.", "", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_without_rights_says_so()
    {
        Assert.SkipWhen(Environment.IsPrivilegedProcess, "Root may read everything.");
        string path = _folder.Write("a.pem", "x");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.None);
        var error = Assert.Throws<InvalidOperationException>(() => Load(path));
        Assert.Contains("not allowed to read", error.Message);
    }

    [Fact]
    public async Task Two_servers_look_at_the_same_certificate_at_once()
    {
        using X509Certificate2 issued = _authority.Issue("a.example");
        X509Certificate2[] certificates =
            [.. Enumerable.Range(0, 5000).Select(_ => new X509Certificate2(issued))];
        // Only the list of usages is still to be decoded.
        foreach (X509Certificate2 certificate in certificates) Assert.NotEmpty(certificate.Extensions);
        int looks = 0;
        int Refused() => certificates.Where((certificate, i) =>
        {
            // At once: a barrier wakes its threads one after the other.
            Interlocked.Increment(ref looks);
            var spin = new SpinWait();
            while (Volatile.Read(ref looks) < 2 * (i + 1)) spin.SpinOnce(sleep1Threshold: -1);
            return Record.Exception(() => CertificateChecks.EnsureForServer(certificate)) is not null;
        }).Count();

        int[] refused = await Task.WhenAll(StartThread(Refused), StartThread(Refused));

        Assert.Equal([0, 0], refused);
        foreach (X509Certificate2 certificate in certificates) certificate.Dispose();

        static Task<int> StartThread(Func<int> work) => Task.Factory.StartNew(
            work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    [Fact]
    public void An_endless_file_is_too_large()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Load("/dev/zero"));
        Assert.Contains("too large", error.Message);
    }

    private void WriteFaultyFiles()
    {
        X509Certificate2 issued = _authority.Issue("a.example"), other = _authority.Issue("b.example");
        X509Certificate2 client = _authority.IssueClient("c");
        using var rsa = RSA.Create(2048);
        byte[] pfx = _authority.ToPfx(issued, "pw");
        string pem = _authority.ToPem(issued);
        _folder.Write("empty", "");
        _folder.Write("noise", "this is neither");
        _folder.Write("a.pfx", pfx);
        _folder.Write("half.pfx", pfx[..(pfx.Length / 2)]);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(issued.RawData);
        _folder.Write("bare.pfx", bare.Export(X509ContentType.Pkcs12, "pw"));
        _folder.Write("cert.pem", pem);
        _folder.Write("key.pem", TestAuthority.KeyOf(issued));
        _folder.Write("other.key", TestAuthority.KeyOf(other));
        _folder.Write("rsa.key", rsa.ExportRSAPrivateKeyPem());
        _folder.Write("enc.key", TestAuthority.EncryptedKeyOf(issued, "pw"));
        _folder.Write(
            "old.key",
            "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----");
        _folder.Write("half.pem", pem[..^200]);
        _folder.Write("bad.pem", pem.Replace("MII", "MIA", StringComparison.Ordinal));
        _folder.Write("client.pem", _authority.ToPem(client) + TestAuthority.KeyOf(client));
    }
}
