namespace Tipi.Stack.Tests.Lifetime;

/// <summary>A part of the application that cannot start.</summary>
internal sealed class FailingService : IHostedService
{
    internal const string Reason = "the stove is cold";

    public Task StartAsync(CancellationToken cancellationToken) => throw new InvalidOperationException(Reason);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
