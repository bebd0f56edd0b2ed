namespace Tipi.Stack.Tests.Lifetime;

/// <summary>An application as a class that the host makes.</summary>
#pragma warning disable CA1812 // the host makes it
internal sealed class OldStartup
#pragma warning restore CA1812
{
#pragma warning disable CA1822 // the host calls it on an instance
    public void Configure(IApplicationBuilder app) =>
        app.Run(static context => context.Response.WriteAsync("tipi"));
#pragma warning restore CA1822
}
