namespace Tipi.Hosting;

/// <summary>The services of options that no host has made.</summary>
internal sealed class EmptyServices : IServiceProvider
{
    internal static readonly EmptyServices Instance = new();

    public object? GetService(Type serviceType) => null;
}
