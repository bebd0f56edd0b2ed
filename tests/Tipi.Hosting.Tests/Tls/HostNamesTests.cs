using Tipi.Hosting.Tls;

namespace Tipi.Hosting.Tests.Tls;

public sealed class HostNamesTests
{
    [Theory]
    [InlineData("example.com", "example.com")]
    [InlineData("EXAMPLE.com", "example.com")]
    [InlineData("www.example.com", "*.example.com")]
    [InlineData("a.b.example.com", "*.example.com")]
    [InlineData("WWW.sub.Example.com", "*.sub.example.com")]
    [InlineData("sub.example.com", "sub.example.com")]
    [InlineData("notexample.com", "*")]
    [InlineData(".example.com", "*.example.com")]
    [InlineData("xn--bcher-kva.example", "bücher.example")]
    [InlineData("10.0.0.1", "*")]
    [InlineData("", "*")]
    [InlineData(null, "*")]
    public void The_name_comes_before_the_longest_wildcard_and_that_before_the_star(string? host, string wanted)
    {
        var names = new HostNames<string>();
        foreach (string name in (string[])
            ["*", "*.example.com", "*.sub.example.com", "example.com", "sub.example.com", "bücher.example"])
            names.Add(name, name);
        Assert.Equal(wanted, names.Find(host));
    }

    [Theory]
    [InlineData("example.org")]
    [InlineData("example.com.")]
    [InlineData(null)]
    public void Without_a_star_other_names_have_nothing(string? host)
    {
        var names = new HostNames<string>();
        names.Add("example.com", "x");
        names.Add("*.example.com", "y");
        Assert.Null(names.Find(host));
    }

    [Theory]
    [InlineData("*", true)]
    [InlineData("*.example.com", true)]
    [InlineData("localhost", true)]
    [InlineData("bücher.example", true)]
    [InlineData("*.*.example.com", false)]
    [InlineData("www.*.com", false)]
    [InlineData("*example.com", false)]
    [InlineData("10.0.0.1", false)]
    [InlineData("example.com.", false)]
    [InlineData("a b", false)]
    [InlineData("a..b", false)]
    public void What_is_no_host_name_is_refused(string host, bool isHost)
    {
        Assert.Equal(isHost, HostNames<string>.IsHost(host));
        if (!isHost) Assert.Throws<ArgumentException>(() => new HostNames<string>().Add(host, ""));
    }
}
