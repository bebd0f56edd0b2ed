using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Hosting;
using MinimalApi;
using MinimalApi.Extras;
using MinimalApi.Files;
using MinimalApi.Live;
using MinimalApi.Todos;
using Tipi.Transport.Uring;

var builder = WebApplication.CreateBuilder(args);

// One line puts the app on Tipi: builder.WebHost.UseTipi(). The choice is here to compare the servers:
// --Server=Kestrel as it comes, --Server=KestrelUring over Tipi's transport.
switch (builder.Configuration["Server"])
{
    case "Kestrel": break;
    case "KestrelUring": builder.WebHost.UseUringTransport(); break;
    default: builder.WebHost.UseTipi(tipi => tipi.UseSystemd()); break;
}

builder.Services.ConfigureHttpJsonOptions(o => o.SerializerOptions.TypeInfoResolverChain.Insert(0, AppJson.Default));
builder.Services.AddProblemDetails();
builder.Services.AddValidation();
builder.Services.AddOpenApi();
builder.Services.AddHealthChecks();
builder.Services.AddOutputCache();
builder.Services.AddRateLimiter(limiter =>
{
    limiter.RejectionStatusCode = StatusCodes.Status429TooManyRequests;
    limiter.AddPolicy(QuoteEndpoints.Limit, _ => RateLimitPartition.GetFixedWindowLimiter(
        QuoteEndpoints.Limit,
        _ => new FixedWindowRateLimiterOptions { PermitLimit = 5, Window = TimeSpan.FromMinutes(1) }));
});
builder.Services.AddSignalR()
    .AddJsonProtocol(o => o.PayloadSerializerOptions.TypeInfoResolverChain.Insert(0, AppJson.Default));
builder.Services.AddSingleton<TodoStore>();
builder.Services.AddSingleton<Feed>();

var app = builder.Build();

app.UseExceptionHandler(new ExceptionHandlerOptions
{
    // A body over the limit is the client's fault and keeps its own status, 413.
    StatusCodeSelector = error => (error as BadHttpRequestException)?.StatusCode ?? 500,
});
app.UseStatusCodePages();
app.UseFileServer();
app.UseWebSockets();
app.UseRateLimiter();
app.UseOutputCache();

app.MapTodos();
app.MapFiles();
app.MapLive();
app.MapQuotes();
app.MapVisits();
app.MapHealthChecks("/health");
app.MapOpenApi();

await app.RunAsync();
