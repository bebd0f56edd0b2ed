// An application that counts: when it has stopped it says how many requests its handlers began and ended.
WebApplicationBuilder builder = WebApplication.CreateSlimBuilder(args);
if (builder.Configuration["Server"] != "Kestrel") builder.WebHost.UseTipi();
WebApplication app = builder.Build();
int begun = 0, ended = 0;

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

await app.RunAsync();
Console.WriteLine($"begun {begun} ended {ended}");
