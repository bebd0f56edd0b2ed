using System.Net.Security;
using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

public sealed class AlpnListTests
{
    [Theory]
    [InlineData("h2,http/1.1", true)]
    [InlineData("http/1.1", true)]
    [InlineData("h2", true)]
    [InlineData("", true)]
    [InlineData("http/1.1,h2", false)]
    [InlineData("acme-tls/1", false)]
    [InlineData("h2,http/1.1,http/1.0", false)]
    public void What_a_client_offers_is_kept_in_order_and_once_where_it_is_usual(string offer, bool isShared)
    {
        IReadOnlyList<SslApplicationProtocol> first = AlpnList.Offered(Names(offer));
        Assert.Equal(offer, string.Join(',', first));
        Assert.Equal(isShared, ReferenceEquals(first, AlpnList.Offered(Names(offer))));
    }

    private static byte[][] Names(string offer) =>
        [.. offer.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(System.Text.Encoding.ASCII.GetBytes)];
}
