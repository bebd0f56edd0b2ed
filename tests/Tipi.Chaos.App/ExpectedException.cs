namespace Tipi.Chaos.App;

/// <summary>What an endpoint throws on purpose.</summary>
internal sealed class ExpectedException() : Exception("This is what the endpoint is for.");
