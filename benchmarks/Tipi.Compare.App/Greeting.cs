namespace Tipi.Compare.App;

/// <summary>The JSON answer: <c>{"message":"Hello, World!"}</c>.</summary>
internal sealed record Greeting(string Message);
