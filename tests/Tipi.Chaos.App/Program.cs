using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Tipi.Blocking.App;
using Tipi.Chaos.App;
using Tipi.Hosting;

// An application that does all that an application must not do, beside endpoints that answer whoever asks with his own
// bytes. Its log fails and blocks. --Server=Kestrel for comparison.
PoolThreads.StartAll();
var builder = WebApplication.CreateSlimBuilder(args);
using var log = new FaultyLog();
builder.Logging.ClearProviders().AddProvider(log).SetMinimumLevel(LogLevel.Debug);
if (builder.Configuration["Server"] == "Kestrel")
    builder.WebHost.ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
else
    builder.WebHost.UseTipi(options =>
    {
        options.Listen(IPAddress.Loopback, 0);
        options.Listen(IPAddress.Loopback, 0, endpoint => endpoint.UseHttps(OwnCertificate.Make()));
    });
var balances = new Balances();
var app = builder.Build();

app.Use(static (context, next) =>
{
    if (context.Request.Headers["X-Who"] is [{ } who]) context.Response.Headers["X-Who"] = who;
    return next(context);
});
app.MapGet("/own/{length:int}", Answers.SendAsync);
app.MapPost("/both/{length:int}", Answers.ReadAndSendAsync);
app.MapPost("/echo", Answers.EchoAsync);
app.MapGet("/unawaited/{length:int}", Answers.SendUnawaitedAsync);

app.MapGet("/sleep/{ms:int}", static (int ms) => Misdeeds.Sleep(ms));
app.MapGet("/spin/{ms:int}", static (int ms) => Misdeeds.Spin(ms));
app.MapGet("/uninterruptible/{ms:int}", static (int ms) => Misdeeds.SleepUninterruptibly(ms));
app.MapGet("/interrupt", static () => Misdeeds.InterruptItself());
app.MapGet("/change", static () => Misdeeds.ChangeThread());
app.MapGet("/keep", Misdeeds.Keep);
app.MapGet("/throw", static void () => throw new ExpectedException());
app.MapGet("/abort", static (HttpContext context) => context.Abort());

app.MapGet("/shortage/descriptors/{ms:int}", Shortages.TakeDescriptorsAsync);
app.MapGet("/shortage/threads/{ms:int}", Shortages.TakeThreadsAsync);
app.MapGet("/shortage/memory/{ms:int}", Shortages.TakeMemoryAsync);
app.MapGet("/foreign-looks", static () => Misdeeds.ForeignLooks.ToString(CultureInfo.InvariantCulture));
app.MapGet("/holdings", () => Holdings.Read(balances));

await app.StartAsync();
log.IsArmed = true;
var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
foreach (string address in addresses.Addresses)
    Console.WriteLine($"listening {address}");
Console.WriteLine("ready");
await app.WaitForShutdownAsync();
