namespace Tipi.Interop.Tests.Routes;

/// <summary>One request of a conversation. <paramref name="Name"/> is unique in it.</summary>
internal sealed record Exchange(string Name, Func<HttpRequestMessage> Request)
{
    public override string ToString() => Name;
}
