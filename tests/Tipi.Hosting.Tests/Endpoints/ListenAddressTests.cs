using System.Net;
using Tipi.Hosting.Endpoints;

namespace Tipi.Hosting.Tests.Endpoints;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("http://*:81", "http://[::]:81")]
    [InlineData("http://+:81", "http://[::]:81")]
    [InlineData("HTTP://example.com:81/", "http://[::]:81")]
    [InlineData("http://example.com", "http://[::]:80")]
    [InlineData("http://0.0.0.0:81", "http://0.0.0.0:81")]
    [InlineData("http://127.0.0.1:0", "http://127.0.0.1:0")]
    [InlineData("http://[::1]:81", "http://[::1]:81")]
    [InlineData("http://[fe80::1%3]:81", "http://[fe80::1%3]:81")]
    [InlineData("http://LocalHost:81", "http://localhost:81")]
    [InlineData("http://unix:/run/a.sock", "http://unix:/run/a.sock")]
    [InlineData("http://unix:@a/b", "http://unix:@a/b")]
    [InlineData("http://pipe:/a", "http://pipe:/a")]
    public void An_address_is_understood_as_by_Kestrel(string text, string wanted)
    {
        ListenAddress address = ListenAddress.Parse(text);
        var options = new TipiListenOptions(address.EndPoint, new TipiServerOptions().Shared, address.IsLocalhost);
        Assert.Equal(wanted, options.ToString());
    }

    [Theory]
    [InlineData("http://[::1:81")]
    [InlineData("http://1.2.3.4:80:81")]
    [InlineData("http://a:b")]
    [InlineData("nonsense")]
    [InlineData("http:/a")]
    [InlineData("http://unix:@")]
    [InlineData("https://unix:@")]
    public void What_is_no_address_says_so(string text)
    {
        var error = Assert.Throws<InvalidOperationException>(() => ListenAddress.Parse(text, "Tipi:Endpoints:A:Url"));
        Assert.Contains($"Cannot listen on {text} (Tipi:Endpoints:A:Url): ", error.Message);
    }

    [Fact]
    public void Localhost_is_both_loopbacks()
    {
        ListenAddress address = ListenAddress.Parse("http://localhost:81");
        Assert.True(address.IsLocalhost);
        Assert.Equal(new IPEndPoint(IPAddress.Loopback, 81), address.EndPoint);
    }
}
