using System.Collections;

namespace Tipi.Hosting.Diagnostics;

/// <summary>
/// The scope of every line that is logged while a connection is served, by the server and by the application:
/// <c>ConnectionId</c>, as under Kestrel.
/// </summary>
internal sealed class ConnectionScope(string connectionId) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private const string Key = "ConnectionId";

    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] =>
        index == 0 ? new(Key, connectionId) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => $"{Key}:{connectionId}";
}
