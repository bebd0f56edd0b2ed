namespace Tipi.Stack.Tests.Server;

/// <summary>What serves the application: Kestrel, which shows that the expectation is right, or Tipi.</summary>
public enum StackServer
{
    Kestrel,
    TipiSockets,
    TipiUring,
}
