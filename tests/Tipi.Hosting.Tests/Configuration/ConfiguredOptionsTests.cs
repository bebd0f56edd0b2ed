using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tipi.Protocols.Http;
using Tipi.Transport.Uring;

namespace Tipi.Hosting.Tests.Configuration;

public sealed class ConfiguredOptionsTests
{
    private static async Task<TipiServerOptions> ReadAsync(
        Dictionary<string, string?> settings, Action<TipiServerOptions>? configure = null)
    {
        await using ConfiguredApp app = ConfiguredApp.Build(TipiTransport.Sockets, settings, configure);
        return app.Services.GetRequiredService<IOptions<TipiServerOptions>>().Value;
    }

    [Fact]
    public async Task Every_option_has_a_key()
    {
        TipiServerOptions options = await ReadAsync(new()
        {
            ["Tipi:AddServerHeader"] = "false",
            ["Tipi:AllowAlternateSchemes"] = "true",
            ["Tipi:AllowHostHeaderOverride"] = "true",
            ["Tipi:AllowResponseHeaderCompression"] = "false",
            ["Tipi:AllowSynchronousIO"] = "TRUE",
            ["Tipi:DisableStringReuse"] = "true",
            ["Tipi:DrainDelay"] = "00:00:05",
            ["Tipi:Scheduling"] = "threadpool",
            ["Tipi:Strictness"] = "lenient",
            ["Tipi:Uring:RingCount"] = "3",
            ["Tipi:Uring:HandOffBudget"] = "00:00:00.020",
            ["Tipi:Uring:Backlog"] = "77",
            ["Tipi:Uring:NoDelay"] = "false",
            ["Tipi:Uring:ReusePort"] = "true",
        });
        Assert.False(options.AddServerHeader);
        Assert.True(options.AllowAlternateSchemes);
        Assert.True(options.AllowHostHeaderOverride);
        Assert.False(options.AllowResponseHeaderCompression);
        Assert.True(options.AllowSynchronousIO);
        Assert.True(options.DisableStringReuse);
        Assert.Equal(TimeSpan.FromSeconds(5), options.DrainDelay);
        Assert.Equal(RingScheduling.ThreadPool, options.Scheduling);
        Assert.Equal(HttpStrictness.Lenient, options.Strictness);
        Assert.Equal(3, options.Uring.RingCount);
        Assert.Equal(TimeSpan.FromMilliseconds(20), options.Uring.HandOffBudget);
        Assert.Equal(77, options.Uring.Backlog);
        Assert.False(options.Uring.NoDelay);
        Assert.True(options.Uring.ReusePort);
    }

    /// <summary>A switch that somebody adds and forgets to read is found here.</summary>
    [Fact]
    public async Task Every_switch_has_a_key()
    {
        var defaults = new TipiServerOptions();
        foreach (var property in typeof(TipiServerOptions).GetProperties())
        {
            if (property.PropertyType != typeof(bool)) continue;
            bool other = !(bool)property.GetValue(defaults)!;
            TipiServerOptions options = await ReadAsync(new() { [$"Tipi:{property.Name}"] = $"{other}" });
            Assert.True(other == (bool)property.GetValue(options)!, $"Tipi:{property.Name} is not read.");
        }
    }

    /// <summary>A limit that somebody adds and forgets to read is found here.</summary>
    [Fact]
    public async Task Every_limit_has_a_key()
    {
        foreach (var property in typeof(TipiServerLimits).GetProperties())
        {
            if (property.Name.StartsWith("Http2", StringComparison.Ordinal)) continue; // limits of their own, below
            bool isRate = property.PropertyType == typeof(MinDataRate);
            string text = property.PropertyType == typeof(TimeSpan) ? "00:01:17" : "77";
            string key = $"Tipi:Limits:{property.Name}" + (isRate ? ":BytesPerSecond" : "");
            TipiServerOptions options = await ReadAsync(new() { [key] = text });
            object? value = property.GetValue(options.Limits);
            string read = value switch
            {
                MinDataRate rate => $"{rate.BytesPerSecond}",
                TimeSpan time => time.ToString(),
                _ => $"{value}",
            };
            Assert.True(text == read, $"{key} is {text} and was read as {read}");
        }
    }

    /// <summary>77,777 is within the range of each number.</summary>
    [Fact]
    public async Task Every_limit_of_HTTP_2_has_a_key()
    {
        foreach (var property in typeof(Http2Limits).GetProperties())
        {
            string text = property.PropertyType == typeof(TimeSpan) ? "00:01:17" : "77777";
            string key = $"Tipi:Limits:Http2:{property.Name}";
            TipiServerOptions options = await ReadAsync(new() { [key] = text });
            object? value = property.GetValue(options.Limits.Http2);
            Assert.True(text == $"{value}", $"{key} is {text} and was read as {value}");
        }
    }

    [Fact]
    public async Task Every_allowance_of_HTTP_2_has_a_key()
    {
        foreach (var property in typeof(Http2Allowances).GetProperties())
        {
            string key = $"Tipi:Limits:Http2Allowances:{property.Name}";
            TipiServerOptions options = await ReadAsync(new() { [key] = "77" });
            Assert.Equal((key, 77), (key, property.GetValue(options.Limits.Http2Allowances)));
        }
    }

    [Fact]
    public async Task A_limit_can_be_taken_away()
    {
        TipiServerOptions options = await ReadAsync(new()
        {
            ["Tipi:Limits:MaxRequestBodySize"] = "none",
            ["Tipi:Limits:KeepAliveTimeout"] = "none",
            ["Tipi:Limits:RequestHeadersTimeout"] = "1.00:00:00",
            ["Tipi:Limits:MinRequestBodyDataRate"] = "none",
            ["Tipi:Limits:MinResponseDataRate:GracePeriod"] = "00:00:20",
        });
        Assert.Null(options.Limits.MaxRequestBodySize);
        Assert.Equal(TimeSpan.MaxValue, options.Limits.KeepAliveTimeout);
        Assert.Equal(TimeSpan.FromHours(24), options.Limits.RequestHeadersTimeout);
        Assert.Null(options.Limits.MinRequestBodyDataRate);
        Assert.Equal(240, options.Limits.MinResponseDataRate!.BytesPerSecond);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Limits.MinResponseDataRate.GracePeriod);
    }

    [Fact]
    public async Task Tipi_wins_over_Kestrel_and_code_over_both()
    {
        TipiServerOptions options = await ReadAsync(
            new()
            {
                ["Kestrel:Limits:MaxRequestHeaderCount"] = "11",
                ["Kestrel:Limits:MaxRequestLineSize"] = "12",
                ["Tipi:Limits:MaxRequestLineSize"] = "13",
                ["Tipi:Limits:MaxRequestBodySize"] = "14",
            },
            options => options.Limits.MaxRequestBodySize = 15);
        Assert.Equal(11, options.Limits.MaxRequestHeaderCount);
        Assert.Equal(13, options.Limits.MaxRequestLineSize);
        Assert.Equal(15, options.Limits.MaxRequestBodySize);
    }

    [Theory]
    [InlineData("Tipi:AddServerHeader", "maybe", "true or false")]
    [InlineData("Tipi:Scheduling", "1", "Inline, ThreadPool")]
    [InlineData("Tipi:Uring:RingCount", "many", "whole number")]
    [InlineData("Kestrel:Limits:MaxRequestBodySize", "30MB", "whole number")]
    [InlineData("Tipi:Limits:MaxRequestLineSize", "0", "in range")]
    [InlineData("Tipi:Limits:MaxRequestLineSize", "99999999999", "whole number")]
    [InlineData("Tipi:Limits:KeepAliveTimeout", "130", "hh:mm:ss")]
    [InlineData("Tipi:Limits:KeepAliveTimeout", "24:00:00", "1.00:00:00")]
    [InlineData("Tipi:Limits:KeepAliveTimeout", "99:00", "1.00:00:00")]
    [InlineData("Tipi:Limits:KeepAliveTimeout", "a:00", "hh:mm:ss")]
    [InlineData("Tipi:Limits:RequestHeadersTimeout", "-00:00:01", "in range")]
    [InlineData("Tipi:Limits:MinRequestBodyDataRate", "240", "BytesPerSecond")]
    [InlineData("Tipi:Limits:MinRequestBodyDataRate:BytesPerSecond", "0", "in range")]
    [InlineData("Tipi:Limits:MinRequestBodyDataRate:GracePeriod", "00:00:00.5", "in range")]
    public async Task A_wrong_value_is_named_with_its_key_and_what_it_may_be(string key, string value, string wanted)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => ReadAsync(new() { [key] = value }));
        Assert.StartsWith($"{key} is \"{value}\"; it must be ", error.Message);
        Assert.Contains(wanted, error.Message);
    }

    [Fact]
    public async Task One_warning_names_the_keys_without_effect()
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, new()
        {
            ["Kestrel:Endpoints:A:Url"] = "http://127.0.0.1:1",
            ["Tipi:Endpoints:A:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Certificates:Other:Path"] = "a.pfx",
            ["Tipi:Limits:MaxRequestBodySise"] = "1",
            ["Tipi:Limits:MaxRequestBodySize"] = "1",
        });
        LogRecord warning = Assert.Single(app.Logs, record => record.EventId == 51);
        Assert.Equal(LogLevel.Warning, warning.Level);
        Assert.Contains("Kestrel:Endpoints:A:Url (overridden by another section)", warning.Text);
        Assert.Contains("Kestrel:Certificates:Other:Path (unknown", warning.Text);
        Assert.Contains("Tipi:Limits:MaxRequestBodySise (unknown", warning.Text);
        Assert.DoesNotContain("MaxRequestBodySize", warning.Text);
    }

    [Fact]
    public async Task Keys_that_all_have_an_effect_are_no_warning()
    {
        await using ConfiguredApp app = await ConfiguredApp.StartAsync(TipiTransport.Sockets, new()
        {
            ["Kestrel:Endpoints:A:Url"] = "http://127.0.0.1:0",
            ["Kestrel:Endpoints:A:Protocols"] = "Http1AndHttp2",
            ["Tipi:EndpointDefaults:Limits:MaxRequestHeaderCount"] = "7",
            ["Kestrel:EndpointDefaults:SslProtocols:0"] = "Tls13",
            ["Kestrel:EndpointDefaults:ClientCertificateMode"] = "AllowCertificate",
            ["Kestrel:Certificates:Development:Password"] = "x",
        });
        Assert.DoesNotContain(app.Logs, record => record.Level >= LogLevel.Warning);
    }
}
