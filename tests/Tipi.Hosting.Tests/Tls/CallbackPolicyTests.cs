using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using Microsoft.AspNetCore.Hosting;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

public sealed class CallbackPolicyTests
{
    private static TlsPolicy PolicyOf(Action<TipiListenOptions> configure)
    {
        TlsPolicy? policy = null;
        new TipiServerOptions().Listen(IPAddress.Loopback, 1, endpoint =>
        {
            configure(endpoint);
            policy = ((TlsGate)endpoint.Tls!).Policy;
        });
        return policy!;
    }

    [Fact]
    public async Task A_function_decides_with_what_is_known_of_the_handshake()
    {
        var given = new SslServerAuthenticationOptions();
        TlsHandshakeContext handshake = FakeHello.Handshake("a.example");
        using var source = new CancellationTokenSource();
        TlsPolicy policy = PolicyOf(endpoint => endpoint.UseHttps(new TipiTlsHandshakeCallbackOptions
        {
            OnConnection = async callback =>
            {
                Assert.Same(handshake.Connection, callback.Connection);
                Assert.Same(handshake.Stream, callback.SslStream);
                Assert.Equal("a.example", callback.ClientHelloInfo.ServerName);
                Assert.Equal("state", callback.State);
                Assert.Equal(source.Token, callback.CancellationToken);
                await Task.Yield();
                callback.AllowDelayedClientCertificateNegotation = true;
                return given;
            },
            OnConnectionState = "state",
            HandshakeTimeout = TimeSpan.FromSeconds(4),
        }));
        Assert.Same(given, await policy.SelectAsync(handshake, source.Token));
        Assert.True(handshake.AllowsDelayedClientCertificate);
        Assert.Equal(TimeSpan.FromSeconds(4), policy.HandshakeTimeout);
    }

    [Fact]
    public async Task The_framework_s_function_gets_its_state()
    {
        var given = new SslServerAuthenticationOptions();
        ServerOptionsSelectionCallback callback = (stream, hello, state, _) =>
            new(stream is not null && hello.ServerName == "a.example" && state is 7 ? given : null!);
        TlsPolicy policy = PolicyOf(endpoint => endpoint.UseHttps(callback, 7));
        Assert.Equal(TimeSpan.FromSeconds(10), policy.HandshakeTimeout);
        Assert.Same(given, await policy.SelectAsync(FakeHello.Handshake("a.example"), CancellationToken.None));
        await Assert.ThrowsAsync<AuthenticationException>(
            async () => await policy.SelectAsync(FakeHello.Handshake("b.example"), CancellationToken.None));
        TlsPolicy patient = PolicyOf(endpoint => endpoint.UseHttps(callback, 7, Timeout.InfiniteTimeSpan));
        Assert.Equal(TimeSpan.MaxValue, patient.HandshakeTimeout);
    }

    [Fact]
    public void Wrong_options_are_refused_at_once()
    {
        var options = new TipiTlsHandshakeCallbackOptions();
        Assert.Throws<ArgumentNullException>(() => options.OnConnection = null!);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.HandshakeTimeout = TimeSpan.Zero);
        Assert.Throws<ArgumentOutOfRangeException>(() => options.HandshakeTimeout = TimeSpan.MaxValue);
        Assert.Throws<InvalidOperationException>(
            () => PolicyOf(endpoint => endpoint.UseHttps(new TipiTlsHandshakeCallbackOptions())));
    }
}
