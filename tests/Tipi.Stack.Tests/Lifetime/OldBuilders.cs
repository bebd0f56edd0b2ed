using Microsoft.AspNetCore;

// They are obsolete, and applications that still use them shall move to Tipi by one line too.
#pragma warning disable ASPDEPR004, ASPDEPR008

namespace Tipi.Stack.Tests.Lifetime;

/// <summary>The ways in which a host was made before there were generic ones, each with Tipi.</summary>
internal static class OldBuilders
{
    internal static readonly string[] Ways = ["WebHostBuilder", "WebHost.CreateDefaultBuilder", "Startup"];

    /// <summary>What an application answers between its start and its stop.</summary>
    internal static async Task<string> AskOnceAsync(string way, StackServer server)
    {
        using IWebHost host = Build(way, server);
        await host.StartAsync();
        StackHost.RequireServer(host.Services, server);
        using var client = new HttpClient();
        string answer = await client.GetStringAsync(new Uri(StackHost.AddressOf(host.Services)));
        await host.StopAsync();
        return answer;
    }

    private static IWebHost Build(string way, StackServer server) => way switch
    {
        "WebHostBuilder" => new WebHostBuilder().Answer(server).Build(),
        "WebHost.CreateDefaultBuilder" => WebHost.CreateDefaultBuilder().Answer(server).Build(),
        "Startup" => new WebHostBuilder().Answer(server).UseStartup<OldStartup>().Build(),
        _ => throw new ArgumentOutOfRangeException(nameof(way)),
    };
}
