using System.Reflection;
using System.Text;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Tipi.Hosting.Kestrel;

namespace Tipi.Hosting.Tests.Kestrel;

/// <summary>Plain options that Kestrel was told.</summary>
public sealed class KestrelOptionTableTests
{
    public static TheoryData<Telling> Tellings => [.. Enum.GetValues<Telling>()];

    /// <summary>A value that a later version of the framework adds is found here.</summary>
    [Fact]
    public void Every_value_of_the_options_is_in_the_table()
    {
        string[] others =
        [
            // Each has a place of its own, or none here: HTTP/3, and what was of no effect under Kestrel already.
            "ApplicationServices", "ConfigurationLoader", "Limits", "EnableAltSvc", "Limits.Http2", "Limits.Http3",
        ];
        IEnumerable<string> wanted =
        [
            .. NamesOf(typeof(KestrelServerOptions), ""), .. NamesOf(typeof(KestrelServerLimits), "Limits."),
            .. NamesOf(typeof(Http2Limits), "Limits.Http2."),
        ];
        Assert.Equal(wanted.Except(others).Order(), KestrelOptionTable.All.Select(one => one.Name).Order());
    }

    /// <summary>What is looked at before the table is: a value that it lacks would be lost.</summary>
    [Fact]
    public void One_value_that_was_told_is_enough_to_look_into_the_table()
    {
        Assert.True(KestrelDefaults.Hold(new KestrelServerOptions()));
        foreach (KestrelOption option in KestrelOptionTable.All)
        {
            var told = new KestrelServerOptions();
            Change(told, option.Name);
            Assert.True(option.IsTold(told), $"{option.Name} was not changed.");
            Assert.False(KestrelDefaults.Hold(told), $"{option.Name} is not compared.");
        }
    }

    [Fact]
    public async Task Each_value_that_was_told_is_in_force_and_named()
    {
        var expected = new KestrelServerOptions();
        Change(expected);
        await using ToldApp app = await ToldApp.StartAsync(TipiTransport.Sockets, Change);
        foreach (KestrelOption option in KestrelOptionTable.All)
        {
            Assert.True(option.IsTold(expected), $"{option.Name} was not changed.");
            Assert.Equal($"{option.Told(expected)}", $"{option.Has(app.Options)}");
            Assert.Contains($"{option.Name}", app.TakenOverText);
        }
    }

    [Theory, MemberData(nameof(Tellings))]
    public async Task It_is_in_force_however_it_was_told(Telling telling)
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            told =>
            {
                told.AddServerHeader = false;
                told.Limits.MaxRequestBodySize = 5;
            },
            telling);
        using var client = new HttpClient();
        using HttpResponseMessage answer = await client.GetAsync(app.Addresses[0]);
        Assert.False(answer.Headers.Contains("Server"));
        Assert.Equal(5, app.Options.Limits.MaxRequestBodySize);
        Assert.Equal(
            "Options taken over from Kestrel: AddServerHeader, Limits.MaxRequestBodySize.", app.TakenOverText);
    }

    [Fact]
    public async Task Code_to_Tipi_wins_key_by_key_and_code_to_Kestrel_over_configuration()
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets,
            told =>
            {
                told.Limits.MaxRequestBodySize = 5;
                told.Limits.MaxRequestHeaderCount = 6;
                told.Limits.KeepAliveTimeout = Timeout.InfiniteTimeSpan;
            },
            tipi: options => options.Limits.MaxRequestBodySize = 7,
            build: builder => builder.Configuration.AddInMemoryCollection(
            [
                new("Kestrel:Limits:MaxRequestBodySize", "8"), new("Tipi:Limits:MaxRequestHeaderCount", "9"),
                new("Tipi:Limits:MaxRequestLineSize", "10"),
            ]));
        Assert.Equal(7, app.Options.Limits.MaxRequestBodySize);
        Assert.Equal(6, app.Options.Limits.MaxRequestHeaderCount);
        Assert.Equal(10, app.Options.Limits.MaxRequestLineSize);
        Assert.Equal(TimeSpan.MaxValue, app.Options.Limits.KeepAliveTimeout);
        Assert.Contains("Limits.MaxRequestBodySize (overridden by UseTipi)", app.TakenOverText);
    }

    [Fact]
    public async Task Where_nothing_was_told_nothing_is_said()
    {
        await using ToldApp app = await ToldApp.StartAsync(TipiTransport.Sockets, static _ => { });
        foreach (int id in (int[])[70, 71, 72, 73]) Assert.Null(app.Text(id));
    }

    [Fact]
    public async Task Options_of_sockets_hold_or_are_named()
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets, static _ => { },
            build: builder => builder.WebHost.UseSockets(sockets =>
            {
                sockets.Backlog = 77;
                sockets.NoDelay = false;
                sockets.IOQueueCount = 7;
                sockets.MaxReadBufferSize = 8;
            }));
        Assert.Equal(77, app.Options.Uring.Backlog);
        Assert.False(app.Options.Uring.NoDelay);
        Assert.Equal("Options taken over from Kestrel: Sockets.Backlog, Sockets.NoDelay.", app.TakenOverText);
        Assert.Contains("Sockets.IOQueueCount, Sockets.MaxReadBufferSize (use", app.Text(71));
    }

    [Theory]
    [InlineData(false, "Kestrel:Limits:MaxRequestBodySize, Kestrel:Limits:MinRequestBodyDataRate")]
    [InlineData(true, null)]
    public async Task Limits_of_Kestrels_section_are_named_unless_code_binds_them(bool isBound, string? named)
    {
        await using ToldApp app = await ToldApp.StartAsync(
            TipiTransport.Sockets, static _ => { },
            build: builder =>
            {
                builder.Configuration.AddInMemoryCollection(
                [
                    new("Kestrel:Limits:MaxRequestBodySize", "8"), new("Tipi:Limits:MaxRequestHeaderCount", "9"),
                    new("Kestrel:Limits:MinRequestBodyDataRate:BytesPerSecond", "10"),
                ]);
                if (isBound)
                    builder.Services.Configure<KestrelServerOptions>(told =>
                    {
                        builder.Configuration.GetSection("Kestrel").Bind(told);
                        told.Limits.MinRequestBodyDataRate = new MinDataRate(10, TimeSpan.FromSeconds(5));
                    });
            });
        Assert.Equal(8, app.Options.Limits.MaxRequestBodySize);
        if (named is null) Assert.Null(app.Text(72));
        else Assert.Contains(named, app.Text(72));
    }

    private static void Change(KestrelServerOptions options)
    {
        foreach (KestrelOption option in KestrelOptionTable.All) Change(options, option.Name);
    }

    private static void Change(KestrelServerOptions options, string name)
    {
        object owner = options;
        string[] parts = name.Split('.');
        foreach (string part in parts[..^1]) owner = owner.GetType().GetProperty(part)!.GetValue(owner)!;
        PropertyInfo property = owner.GetType().GetProperty(parts[^1])!;
        property.SetValue(owner, property.GetValue(owner) switch
        {
            bool flag => !flag,
            int => 77_777,
            long or null when property.PropertyType == typeof(long?) => 77_777L,
            TimeSpan => TimeSpan.FromSeconds(77),
            MinDataRate => new MinDataRate(77, TimeSpan.FromSeconds(7)),
            Func<string, Encoding?> => (Func<string, Encoding?>)(static _ => Encoding.Latin1),
            _ => throw new ArgumentException($"{name} cannot be changed.", nameof(name)),
        });
    }

    private static IEnumerable<string> NamesOf(Type type, string prefix) =>
        type.GetProperties().Select(property => prefix + property.Name);
}
