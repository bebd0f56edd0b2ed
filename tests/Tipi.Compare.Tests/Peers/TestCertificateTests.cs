using System.Security.Cryptography.X509Certificates;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Tests.Peers;

public class TestCertificateTests
{
    [Fact]
    public void Its_file_has_certificate_and_key_and_goes_with_it()
    {
        string file;
        using (var made = new TestCertificate())
        {
            file = made.PemFile;
            using var read = X509Certificate2.CreateFromPemFile(file);
            Assert.True(read.HasPrivateKey);
            Assert.NotNull(read.GetECDsaPrivateKey());
            Assert.True(read.MatchesHostname(TestCertificate.ServerName));
        }

        Assert.False(File.Exists(file));
    }
}
