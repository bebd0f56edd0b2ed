using System.Globalization;
using Tipi.Compare.App;
using Tipi.Transport.Uring;

if (args is not [var server, var application, var portText, .. var more] || more.Length > 2 ||
    !ushort.TryParse(portText, CultureInfo.InvariantCulture, out var port))
{
    Console.Error.WriteLine("usage: Tipi.Compare.App SERVER APPLICATION PORT [ENDPOINT [CERTIFICATE]]");
    Console.Error.WriteLine($"  SERVER       {string.Join(' ', ServerChoice.Names)} limit");
    Console.Error.WriteLine($"  APPLICATION  {string.Join(' ', ApplicationChoice.Names)}");
    Console.Error.WriteLine($"  ENDPOINT     {string.Join(' ', EndpointChoice.Names)}; http without it");
    Console.Error.WriteLine("  CERTIFICATE  a PEM file with its key, for https");
    return 2;
}

if (server == "limit")
{
    using var stop = new CancellationTokenSource();
    new CounterChannel(stop.Cancel).Start();
    await using var ring = new UringConnectionListenerFactory(new UringTransportOptions());
    await new CannedServer(ring, port).RunAsync(stop.Token);
    return 0;
}

await using var app = ApplicationChoice.Build(application, builder =>
{
    // Logging is off on every server: what is measured is the server, not a console.
    builder.Logging.ClearProviders();
    ServerChoice.Apply(server, builder.WebHost);
    EndpointChoice.Apply(builder.WebHost, more.ElementAtOrDefault(0) ?? "http", port, more.ElementAtOrDefault(1));
    if (application.StartsWith("siege", StringComparison.Ordinal))
        SiegeLimits.Apply(builder.Services, application, port);
});
// It listens once the server is up, so that it does not count in the time to the first answer.
app.Lifetime.ApplicationStarted.Register(new CounterChannel(app.Lifetime.StopApplication).Start);
await app.RunAsync();
return 0;
