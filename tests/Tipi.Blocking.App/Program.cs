using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tipi.Blocking.App;
using Tipi.Hosting;

// Handlers that behave badly, each in its way, beside one that does not. --Server=Kestrel for comparison.
var builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["Server"] != "Kestrel")
    builder.WebHost.UseTipi(options =>
        options.ConfigureHttpsDefaults(https => https.ServerCertificate = OwnCertificate.Make()));
builder.Services.AddHealthChecks().AddTipiReadiness();
using var handOffs = new HandOffCounter();
using var client = new HttpClient();
var app = builder.Build();

app.MapGet("/", () => "ok");
app.MapGet("/hand-offs", () => handOffs.Count.ToString(CultureInfo.InvariantCulture));

app.MapGet("/sleep/{ms:int}", (int ms) =>
{
    Thread.Sleep(ms);
    return "slept";
});

// Long enough to lose a ring, for who wants that code compiled.
app.MapGet("/hold", () =>
{
    Thread.Sleep(50);
    return "held";
});

app.MapGet("/spin/{ms:int}", (int ms) =>
{
    var clock = Stopwatch.StartNew();
    while (clock.ElapsedMilliseconds < ms) Thread.SpinWait(100);
    return "spun";
});

// Says something from the thread pool, then holds its thread.
app.MapGet("/begin/{ms:int}", async (HttpContext http, int ms) =>
{
    await Task.Yield();
    await http.Response.WriteAsync("begun");
    var clock = Stopwatch.StartNew();
    while (clock.ElapsedMilliseconds < ms) Thread.SpinWait(100);
});

// A call to the same server, waited for on the thread that would have to serve it.
app.MapGet("/result/{ms:int}", (int ms, IServer server) =>
{
    var address = server.Features.Get<IServerAddressesFeature>()!.Addresses.First();
    var clock = Stopwatch.StartNew();
    while (clock.ElapsedMilliseconds < ms) _ = client.GetStringAsync(new Uri($"{address}/pause")).Result;
    return "called";
});

app.MapGet("/pause", async () =>
{
    await Task.Delay(100);
    return "paused";
});

// Closes the rings' descriptors under them, as code that closes a number it does not own does.
app.MapGet("/close-rings", () => Shortages.CloseRings());

app.MapHealthChecks("/ready");

Sleepers.Map(app);
Crowds.Map(app);
using var ledger = new Ledger();
app.MapPost("/commit/{number:int}", ledger.Commit);
app.MapGet("/committed", ledger.Sum);
app.MapGet("/echo/{text}", (string text) => text);

app.Run();
