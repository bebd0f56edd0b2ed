using Tipi.Compare.App;

if (args is not [var server, var application, var portText] ||
    !ushort.TryParse(portText, System.Globalization.CultureInfo.InvariantCulture, out var port))
{
    Console.Error.WriteLine("usage: Tipi.Compare.App SERVER APPLICATION PORT");
    Console.Error.WriteLine($"  SERVER       {string.Join(' ', ServerChoice.Names)}");
    Console.Error.WriteLine($"  APPLICATION  {string.Join(' ', ApplicationChoice.Names)}");
    return 2;
}

await using var app = ApplicationChoice.Build(application, builder =>
{
    // Logging is off on every server: what is measured is the server, not a console.
    builder.Logging.ClearProviders();
    builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
    ServerChoice.Apply(server, builder.WebHost);
});
using var counters = new CounterChannel(app.Lifetime);
await app.RunAsync();
return 0;
