using System.Globalization;

namespace Tipi.Blocking.App;

/// <summary>Handlers of which hundreds block at once.</summary>
internal static class Crowds
{
    private static readonly ManualResetEventSlim s_gate = new();
    private static int s_begun;

    public static void Map(WebApplication app)
    {
        // Waits for its body as it should, and then blocks.
        app.MapPost("/late/{ms:int}", static async (int ms, HttpRequest request) =>
        {
            Interlocked.Increment(ref s_begun);
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync();
            Thread.Sleep(ms);
            return body;
        });

        // Blocks until the gate is opened, or for so long.
        app.MapGet("/gate/{ms:int}", static (int ms) =>
        {
            Interlocked.Increment(ref s_begun);
            return s_gate.Wait(ms) ? "open" : "closed";
        });
        app.MapPost("/gate/open", s_gate.Set);

        // How many of these have begun.
        app.MapGet("/begun", static () => Volatile.Read(ref s_begun).ToString(CultureInfo.InvariantCulture));
    }
}
