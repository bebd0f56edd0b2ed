namespace MinimalApi.Todos;

/// <summary>How much is done and how much is left.</summary>
public sealed record TodoSummary(int Total, int Done, int Open);
