using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Tipi.Hosting.Tests.Diagnostics;

public sealed class ConnectionScopeTests
{
    [Theory, OnEachTransport]
    public async Task Each_line_of_a_connection_has_its_id(TipiTransport transport)
    {
        using var scopes = new ScopeRecorder();
        await using TestServer server = await TestServer.StartAppAsync(
            transport,
            app => app.Run(async context =>
            {
                ILogger log = context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("App");
                Write(log, $"first {context.Connection.Id}");
                await Task.Yield();
                Write(log, $"second {context.Connection.Id}");
            }),
            services: services => services.AddSingleton<ILoggerProvider>(scopes));
        using RawClient one = await server.ConnectAsync();
        using RawClient other = await server.ConnectAsync();
        for (int i = 0; i < 3; i++)
        {
            foreach (RawClient client in new[] { one, other })
            {
                await client.SendAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
                await client.ReadResponseAsync();
            }
        }
        await one.SendAsync("nonsense\r\n\r\n");
        await one.ReadToEndAsync();

        (string Category, string Text, string Scopes)[] app =
            scopes.Lines.Where(line => line.Category == "App").ToArray();
        Assert.Equal(12, app.Length);
        Assert.All(app, line => Assert.Contains($"ConnectionId:{line.Text.Split(' ')[1]}", line.Scopes));
        Assert.Equal(2, app.Select(line => line.Text.Split(' ')[1]).Distinct().Count());
        var refused = Assert.Single(scopes.Lines, line => line.Category == "Tipi.Server.BadRequests");
        Assert.Contains("ConnectionId:", refused.Scopes);
        // Nothing of one connection reaches what is logged elsewhere.
        Assert.All(
            scopes.Lines.Where(line => line.Category == "Microsoft.Hosting.Lifetime"),
            line => Assert.DoesNotContain("ConnectionId", line.Scopes));
    }

    private static void Write(ILogger log, string text) =>
        log.Log(LogLevel.Information, default, text, null, static (state, _) => state);

    private sealed class ScopeRecorder : ILoggerProvider, ISupportExternalScope
    {
        private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

        internal ConcurrentQueue<(string Category, string Text, string Scopes)> Lines { get; } = [];

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

        public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

        public void Dispose()
        {
            // Nothing is held.
        }

        private sealed class Recorder(ScopeRecorder owner, string category) : ILogger
        {
            public IDisposable BeginScope<TState>(TState state) where TState : notnull => owner._scopes.Push(state);

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception,
                Func<TState, Exception?, string> formatter)
            {
                var all = new List<string?>();
                owner._scopes.ForEachScope(static (scope, list) => list.Add(scope?.ToString()), all);
                owner.Lines.Enqueue((category, formatter(state, exception), string.Join(" => ", all)));
            }
        }
    }
}
