using System.Net.WebSockets;
using System.Text;

// An application that counts: when it has stopped it says how many requests its handlers began and ended, and which
// assemblies were loaded from the end of its start to the begin of its stop.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["Server"] != "Kestrel") builder.WebHost.UseTipi();
WebApplication app = builder.Build();
int begun = 0, ended = 0;
List<string> loaded = [];
void OnLoaded(object? sender, AssemblyLoadEventArgs one)
{
    lock (loaded) if (!one.LoadedAssembly.IsDynamic) loaded.Add(one.LoadedAssembly.GetName().Name!);
}

app.Lifetime.ApplicationStarted.Register(() => AppDomain.CurrentDomain.AssemblyLoad += OnLoaded);
app.Lifetime.ApplicationStopping.Register(() => AppDomain.CurrentDomain.AssemblyLoad -= OnLoaded);

app.UseWebSockets();
app.Use(async (context, next) =>
{
    Interlocked.Increment(ref begun);
    await next(context);
    Interlocked.Increment(ref ended);
});
app.MapGet("/quick/{id}", (string id) => $"quick {id}");
app.MapGet("/slow/{id}", async (string id) =>
{
    await Task.Delay(50);
    return $"slow {id}";
});
app.MapPost("/body/{id}", async (string id, HttpRequest request) =>
{
    using var reader = new StreamReader(request.Body);
    return $"body {id} {(await reader.ReadToEndAsync()).Length}";
});
app.Map("/socket/{id}", async (string id, HttpContext context) =>
{
    using WebSocket socket = await context.WebSockets.AcceptWebSocketAsync();
    byte[] text = Encoding.UTF8.GetBytes($"socket {id}");
    await socket.SendAsync(text, WebSocketMessageType.Text, endOfMessage: true, context.RequestAborted);
    _ = await socket.ReceiveAsync(text, context.RequestAborted);
    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
});

await app.RunAsync();
Console.WriteLine($"begun {begun} ended {ended} loaded [{string.Join(", ", loaded)}]");
