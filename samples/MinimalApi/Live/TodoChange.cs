using MinimalApi.Todos;

namespace MinimalApi.Live;

/// <summary>What happened to a todo: added, changed or removed. Without one: you are listening now.</summary>
public sealed record TodoChange(string What, Todo? Todo)
{
    /// <summary>The first of every listener, so that the client sees at once that the stream is open.</summary>
    public static TodoChange Listening { get; } = new("listening", null);
}
