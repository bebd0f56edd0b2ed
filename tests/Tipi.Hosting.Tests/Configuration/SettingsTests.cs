using Microsoft.Extensions.Configuration;
using Tipi.Hosting.Configuration;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class SettingsTests
{
    private static Settings Read(params (string Key, string? Value)[] values)
    {
        IConfigurationRoot root = new ConfigurationBuilder()
            .AddInMemoryCollection(values.ToDictionary(pair => pair.Key, pair => pair.Value))
            .Build();
        return new Settings(root.GetSection("Tipi"), root.GetSection("Kestrel"));
    }

    [Fact]
    public void The_first_section_wins_key_by_key()
    {
        Settings settings = Read(("Kestrel:A:X", "1"), ("Kestrel:A:Y", "2"), ("Tipi:a:x", "3"));
        Assert.Equal("3", settings.Text("A:X"));
        Assert.Equal("2", settings.Text("A:Y"));
        Assert.Equal(["Kestrel:A:X"], settings.Overridden);
        Assert.Equal("Tipi:a:x", settings.PathOf("A:X"));
        Assert.Equal("Kestrel:A:Y", settings.PathOf("a:y"));
        Assert.Equal("Tipi:a", settings.PathOf("A"));
    }

    [Fact]
    public void What_nobody_asks_for_is_known()
    {
        Settings settings = Read(("Tipi:A", "1"), ("Tipi:B:C", "2"), ("Kestrel:D", "3"), ("Other:E", "4"));
        _ = settings.Text("a");
        Assert.Equal(["Tipi:B:C", "Kestrel:D"], settings.Unread);
    }

    [Fact]
    public void An_empty_value_is_absent()
    {
        Settings settings = Read(("Tipi:A", ""), ("Kestrel:A", "1"));
        Assert.Equal("1", settings.Text("A"));
        Assert.Empty(settings.Overridden);
    }

    [Fact]
    public void Lists_have_the_order_of_their_numbers()
    {
        Settings settings = Read(("Tipi:A:10", "k"), ("Tipi:A:2", "c"), ("Tipi:A:0", "a"), ("Tipi:AB:0", "x"));
        Assert.Equal(["a", "c", "k"], settings.Texts("A"));
        Assert.Equal(["0", "2", "10"], settings.Children("A"));
    }

    [Fact]
    public void Fingerprints_tell_what_is_below_but_for_an_exception()
    {
        Settings one = Read(("Tipi:E:A:Url", "u"), ("Tipi:E:A:Limits:X", "1"), ("Tipi:E:B:Url", "v"));
        Settings other = Read(("Tipi:E:A:Url", "u"), ("Tipi:E:A:Limits:X", "2"), ("Tipi:E:B:Url", "w"));
        Assert.Equal(one.Fingerprint("E:A", "E:A:Limits"), other.Fingerprint("E:A", "E:A:Limits"));
        Assert.NotEqual(one.Fingerprint("E:A"), other.Fingerprint("E:A"));
        Assert.Equal(["E:A:Limits:X", "E:B:Url"], other.ChangesSince(one));
        Assert.Equal(["E:B:Url"], Read(("Tipi:E:A:Url", "u"), ("Tipi:E:A:Limits:X", "1")).ChangesSince(one));
    }
}
