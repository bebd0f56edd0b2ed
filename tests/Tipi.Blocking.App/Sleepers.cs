using System.Collections.Concurrent;
using Tipi.Tests.Kernel;

namespace Tipi.Blocking.App;

/// <summary>Handlers that sleep uninterruptibly, each until another request wakes it.</summary>
internal static class Sleepers
{
    private static readonly ConcurrentDictionary<string, UninterruptibleSleep> s_asleep = new();

    public static void Map(WebApplication app)
    {
        app.MapGet("/prepare", static () => Task.Run(CompileAll));
        app.MapGet("/fork/{name}", static (string name, bool? quick) => quick == true ? name : Sleep(name));
        app.MapGet("/asleep/{name}", static (string name) => s_asleep.ContainsKey(name) ? "yes" : "no");
        app.MapGet("/wake/{name}", static (string name) =>
        {
            s_asleep[name].Wake();
            return "woken";
        });
    }

    // What the first sleeper would have to compile.
    private static async Task<string> CompileAll()
    {
        var sleeping = Task.Run(static () => Sleep(""));
        while (!s_asleep.ContainsKey("")) await Task.Delay(1);
        s_asleep[""].Wake();
        return await sleeping;
    }

    private static string Sleep(string name)
    {
        using var sleep = new UninterruptibleSleep();
        s_asleep[name] = sleep;
        sleep.Sleep();
        s_asleep.TryRemove(name, out _);
        return name;
    }
}
