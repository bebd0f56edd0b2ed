using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Tipi.Compare.Load;
using Tipi.Compare.Peers;

namespace Tipi.Compare.Tests.Load;

public sealed class HandshakeClientTests : IDisposable
{
    private readonly TestCertificate _certificate = new();
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public HandshakeClientTests() => _listener.Start();

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_resumes_sessions_when_told_and_only_then(bool resumes)
    {
        var server = ServeAsync(3, offersResumption: true);
        using var client = new HandshakeClient(Port, resumes);

        for (var i = 0; i < 3; i++)
            client.Connect();

        await server;
    }

    [Fact]
    public async Task Connect_refuses_a_server_that_does_not_resume()
    {
        var server = ServeAsync(2, offersResumption: false);
        using var client = new HandshakeClient(Port, resumes: true);
        client.Connect();

        var error = Assert.Throws<MeasurementException>(client.Connect);

        Assert.Equal("a session was not resumed", error.Message);
        await Assert.ThrowsAnyAsync<IOException>(() => server);
    }

    public void Dispose()
    {
        _listener.Dispose();
        _certificate.Dispose();
    }

    // As abrupt as some servers: it ends connections without TLS's farewell.
    private async Task ServeAsync(int connections, bool offersResumption)
    {
        using var certificate = X509Certificate2.CreateFromPemFile(_certificate.PemFile);
        var context = SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = context,
            AllowTlsResume = offersResumption,
        };
        var buffer = new byte[4096];
        for (var i = 0; i < connections; i++)
        {
            using var connection = await _listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
            await using var stream = new SslStream(connection.GetStream());
            await stream.AuthenticateAsServerAsync(options, TestContext.Current.CancellationToken);
            if (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) == 0)
                throw new IOException("the client asked nothing");
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"u8.ToArray(),
                TestContext.Current.CancellationToken);
        }
    }
}
