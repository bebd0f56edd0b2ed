using Microsoft.Extensions.Options;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class AccessLogSettingsTests
{
    [Fact]
    public async Task Everything_is_read()
    {
        AccessLogOptions options = await ReadAsync(("Format", "json"), ("Path", "logs/a.log"), ("QueueLimit", "7"));
        Assert.Equal((AccessLogFormat.Json, "logs/a.log", 7), (options.Format, options.Path, options.QueueLimit));
    }

    [Theory]
    [InlineData("Format", "xml", "None, Combined, Json")]
    [InlineData("Format", "2", "None, Combined, Json")]
    [InlineData("Path", " ", "a text")]
    [InlineData("QueueLimit", "0", "a whole number")]
    public async Task A_wrong_value_is_an_error_that_names_its_key(string key, string value, string wanted)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync((key, value)));
        Assert.Contains($"Tipi:AccessLog:{key}", error.Message, StringComparison.Ordinal);
        Assert.Contains(wanted, error.Message, StringComparison.Ordinal);
    }

    private static async Task<AccessLogOptions> ReadAsync(params (string Key, string Value)[] settings)
    {
        var all = settings.ToDictionary(one => $"Tipi:AccessLog:{one.Key}", one => (string?)one.Value);
        await using ConfiguredApp app = ConfiguredApp.Build(TipiTransport.Sockets, all, null);
        return app.Services.GetRequiredService<IOptions<TipiServerOptions>>().Value.AccessLog;
    }
}
