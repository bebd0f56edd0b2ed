namespace Tipi.Stack.Tests.Razor;

/// <summary>Lets what renders a page pass as often as a test says, so that the test sees each piece arrive.</summary>
public sealed class Gate : IDisposable
{
    private readonly SemaphoreSlim _passes = new(0);

    internal Task PassAsync() => _passes.WaitAsync();

    internal void Open(int passes) => _passes.Release(passes);

    public void Dispose() => _passes.Dispose();
}
